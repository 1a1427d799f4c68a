import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityOf, share } from './quality';
import type { Answers } from './rating';

const answers = (
  valid: boolean | null,
  input: boolean | null,
  output: boolean | null,
): { answers: Answers } => ({
  answers: { valid, input, output },
});

describe('a share', () => {
  it("has Wilson's interval, as published for 81 of 263 and 15 of 148 (Newcombe 1998)", () => {
    expect(share(81, 263).low).toBeCloseTo(0.2553, 4);
    expect(share(81, 263).high).toBeCloseTo(0.3662, 4);
    expect(share(15, 148).low).toBeCloseTo(0.0624, 4);
    expect(share(15, 148).high).toBeCloseTo(0.1605, 4);
    expect(share(0, 20).low).toBe(0);
    expect(share(0, 20).high).toBeCloseTo(0.1611, 4);
    expect(share(20, 20).high).toBe(1);
  });
  it('of nothing says nothing', () => {
    expect(share(0, 0)).toEqual({ yes: 0, of: 0, low: 0, high: 1 });
  });
  it('lies inside its interval, which shrinks with more tasks and mirrors yes and no', () => {
    const counts = fc
      .integer({ min: 1, max: 500 })
      .chain((of) => fc.integer({ min: 0, max: of }).map((yes) => ({ yes, of })));
    fc.assert(
      fc.property(counts, ({ yes, of }) => {
        const { low, high } = share(yes, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(yes / of + 1e-12);
        expect(high).toBeGreaterThanOrEqual(yes / of - 1e-12);
        const more = share(4 * yes, 4 * of);
        expect(more.high - more.low).toBeLessThan(high - low);
        expect(share(of - yes, of).low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

it('counts each question by itself, and all three where all are answered', () => {
  const { valid, input, output, all } = qualityOf([
    answers(true, true, true),
    answers(true, false, true),
    answers(true, null, false),
    answers(null, null, null),
  ]);
  const counts = [valid, input, output, all].map(({ yes, of }) => [yes, of]);
  expect(counts).toEqual([
    [3, 3],
    [1, 2],
    [2, 3],
    [1, 2],
  ]);
});
