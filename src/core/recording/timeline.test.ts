import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineOf } from './timeline';

const anyCalls = fc
  .array(
    fc.record({ createdAt: fc.integer({ min: 0, max: 200_000 }), seconds: fc.integer({ min: 0, max: 60 }) }),
    { maxLength: 30 },
  )
  .map((calls) => calls.map((call, i) => ({ id: `c${i}`, ...call })));

describe('the timeline of a recording', () => {
  it('keeps how long each call took, the order of all ends, and who was computed at once', () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const { spans, ends, total, parallel } = timelineOf(calls);
        const stored = calls.map(({ id, createdAt, seconds }) => ({
          from: createdAt - seconds * 1000,
          to: createdAt,
          span: spans.get(id) ?? { from: -1, to: -1 },
        }));
        for (const { from, to, span } of stored) {
          expect(span.to - span.from).toBeCloseTo(to - from, 6);
          expect(span.from).toBeGreaterThanOrEqual(0);
        }
        for (const a of stored) {
          for (const b of stored) {
            if (a.to < b.to) expect(a.span.to).toBeLessThan(b.span.to);
            if (a.to < b.from) expect(a.span.to).toBeLessThan(b.span.from);
            if (a.from < b.to && b.from < a.to) expect(a.span.from).toBeLessThan(b.span.to);
          }
        }
        expect(total).toBe(Math.max(0, ...ends));
        const openAt = (at: number, since: number): number =>
          stored.filter(({ from, to }) => from <= since && to > at).length;
        const atOnce = stored.map(({ from, to }) =>
          // One that took no time comes before those that begin with it.
          from === to ? 1 + openAt(from, from - 1) : openAt(from, from),
        );
        expect(parallel).toBe(Math.max(1, ...atOnce));
      }),
    );
  });

  it('counts thousands that were all computed at once', () => {
    const calls = Array.from({ length: 50_000 }, (_, i) => ({
      id: `c${i}`,
      createdAt: 1_000_000 + i,
      seconds: 900,
    }));
    expect(timelineOf(calls).parallel).toBe(50_000);
    const still = calls.map((call) => ({ ...call, seconds: 0 }));
    expect(timelineOf(still).parallel).toBe(1);
  });

  it('cuts pauses to a second and counts what was computed at once', () => {
    const { spans, total, parallel } = timelineOf([
      { id: 'a', createdAt: 5_000, seconds: 5 },
      { id: 'b', createdAt: 6_000, seconds: 2 },
      { id: 'c', createdAt: 90_000, seconds: 1 },
    ]);
    expect(spans.get('b')).toEqual({ from: 4_000, to: 6_000 });
    expect(spans.get('c')).toEqual({ from: 7_000, to: 8_000 });
    expect(total).toBe(8_000);
    expect(parallel).toBe(2);
    expect(timelineOf([])).toEqual({ spans: new Map(), ends: [], total: 0, parallel: 1 });
  });
});
