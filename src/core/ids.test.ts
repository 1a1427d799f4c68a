import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callId, candidateId, runId, seedId } from './ids';

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const run = runId(12);

describe('ids', () => {
  it('say run, kind and place', () => {
    expect(run).toBe('r0012');
    expect(seedId(run, 3)).toBe('r0012-s00003');
    expect(candidateId(run, 12, 3)).toBe('r0012-m000012-003');
    expect(callId(run, 'instances', 7)).toBe('r0012-instances-000007');
  });
  it('sort as what they stand for: the order of the pool is the order of keys', () => {
    fc.assert(
      fc.property(
        fc.nat(999_999),
        fc.nat(999),
        fc.nat(999_999),
        fc.nat(999),
        (request, item, otherRequest, otherItem) => {
          expect(inOrder(candidateId(run, request, item), candidateId(run, otherRequest, otherItem))).toBe(
            Math.sign(request - otherRequest || item - otherItem),
          );
        },
      ),
    );
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(9999), (a, b) => {
        expect(inOrder(runId(a), runId(b))).toBe(Math.sign(a - b));
      }),
    );
  });
});
