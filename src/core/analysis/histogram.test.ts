import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthHistogram, scoreHistogram } from './histogram';

const lengths = fc.array(fc.oneof(fc.nat(30), fc.nat(100_000)), { maxLength: 200 });

describe('lengths', () => {
  it('stand in exactly one bin each, in at most 25 bins of equal width from 0', () => {
    fc.assert(
      fc.property(lengths, fc.nat(40), (values, reach) => {
        const { bins, count, mean, max, open } = lengthHistogram(values, reach);
        expect(count).toBe(values.length);
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
        expect(bins.length).toBeLessThanOrEqual(25);
        for (const [i, { from, to, count: n }] of bins.entries()) {
          expect(from).toBe(i === 0 ? 0 : bins[i - 1]?.to);
          const above = i === bins.length - 1 ? Infinity : to;
          expect(n).toBe(values.filter((value) => value >= from && value < above).length);
        }
        expect(bins.at(-1)?.to).toBeGreaterThan(reach);
        expect(open).toBe(values.some((value) => value >= (bins.at(-1)?.to ?? 0)));
        expect(max).toBe(Math.max(0, ...values));
        const sum = values.reduce((total, value) => total + value, 0);
        expect(mean).toBe(values.length > 0 ? sum / values.length : null);
      }),
    );
  });

  it('that are very long do not flatten the rest', () => {
    const values = [...Array.from({ length: 500 }, (_, i) => i % 20), 90_000];
    const { bins, open } = lengthHistogram(values);
    expect(open).toBe(true);
    expect(bins).toHaveLength(20);
    expect(bins.at(-1)).toEqual({ from: 19, to: 20, count: 26 });
  });
});

describe('scores', () => {
  it('stand in twenty steps; an edge belongs to the step above it, 1 to the last', () => {
    for (let k = 0; k <= 20; k++) {
      const { bins } = scoreHistogram([k / 20]);
      expect(bins.findIndex(({ count }) => count === 1)).toBe(Math.min(19, k));
    }
  });
  it('are all counted', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (values) => {
        const { bins, count, open } = scoreHistogram(values);
        expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(count);
        expect(count).toBe(values.length);
        expect(open).toBe(false);
      }),
    );
  });
});
