import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeptPerRequest, type JudgedCandidate } from './kept-per-request';

const verdicts = fc.array(fc.record({ requestIndex: fc.nat(2_000), item: fc.nat(5), kept: fc.boolean() }), {
  maxLength: 300,
});

it('each verdict is counted once, in the point of its request', () => {
  fc.assert(
    fc.property(verdicts, (rows) => {
      const curve = new KeptPerRequest();
      const unique = new Map<string, JudgedCandidate>();
      for (const { requestIndex, item, kept } of rows) {
        const id = `${requestIndex}-${item}`;
        if (!unique.has(id)) unique.set(id, { id, requestIndex, kept });
        curve.add({ id, requestIndex, kept });
      }
      const points = curve.points();
      const requests = Math.max(-1, ...[...unique.values()].map((v) => v.requestIndex)) + 1;
      expect(points.length).toBeLessThanOrEqual(40);
      expect(points.reduce((sum, point) => sum + point.requests, 0)).toBe(requests);
      for (const { from, to, requests: size, kept, candidates } of points) {
        const inside = [...unique.values()].filter((v) => v.requestIndex >= from && v.requestIndex <= to);
        expect(size).toBe(to - from + 1);
        expect(candidates).toBe(inside.length);
        expect(kept).toBe(inside.filter((v) => v.kept).length);
      }
    }),
  );
});

it('a request without a candidate is a request that kept nothing', () => {
  const curve = new KeptPerRequest();
  curve.add({ id: 'a', requestIndex: 2, kept: true });
  expect(curve.points()).toEqual([
    { from: 0, to: 0, requests: 1, kept: 0, candidates: 0 },
    { from: 1, to: 1, requests: 1, kept: 0, candidates: 0 },
    { from: 2, to: 2, requests: 1, kept: 1, candidates: 1 },
  ]);
});
