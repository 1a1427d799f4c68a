import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement, kappaWord, ranks, spearman } from './agreement';

const times = <T>(count: number, pair: T): T[] => Array.from({ length: count }, () => pair);

describe("Cohen's kappa", () => {
  it('equals values worked out by hand', () => {
    // 50 grants, two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no. po = 0.7, pe = 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    const grants = [
      ...times(20, [true, true] as const),
      ...times(5, [true, false] as const),
      ...times(10, [false, true] as const),
      ...times(15, [false, false] as const),
    ];
    expect(agreement(grants)).toEqual({ pairs: 50, same: 35, kappa: expect.closeTo(0.4, 12) as number });
    // Three classes, 10 pairs: diagonal 3 + 2 + 2, rows 4 3 3, columns 4 3 3. po = 0.7, pe = 0.34.
    const classes: [string, string][] = [
      ...times(3, ['a', 'a'] as [string, string]),
      ['a', 'b'],
      ...times(2, ['b', 'b'] as [string, string]),
      ['b', 'c'],
      ...times(2, ['c', 'c'] as [string, string]),
      ['c', 'a'],
    ];
    expect(agreement(classes).kappa).toBeCloseTo((0.7 - 0.34) / 0.66, 12);
  });
  it('is 1 for full agreement, -1 for full and even disagreement, 0 when it is no better than chance', () => {
    expect(
      agreement([
        [true, true],
        [false, false],
      ]).kappa,
    ).toBe(1);
    expect(
      agreement([
        [true, false],
        [false, true],
      ]).kappa,
    ).toBe(-1);
    expect(
      agreement([
        [true, true],
        [true, false],
      ]).kappa,
    ).toBe(0);
  });
  it('is not defined without pairs, or when both always say the same', () => {
    expect(agreement([])).toEqual({ pairs: 0, same: 0, kappa: null });
    expect(agreement(times(7, [true, true] as const))).toEqual({ pairs: 7, same: 7, kappa: null });
  });
  it('does not depend on who is first, nor on the order, nor on the names of the answers; never above 1', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const { kappa, same } = agreement(pairs);
        const swapped = agreement(pairs.map(([a, b]) => [b, a] as const)).kappa;
        const renamed = agreement(pairs.toReversed().map(([a, b]) => [`x${a}`, `x${b}`] as const)).kappa;
        expect(swapped).toBe(kappa);
        expect(renamed).toBe(kappa);
        if (kappa === null) expect(same).toBe(pairs.length);
        else {
          expect(kappa).toBeLessThanOrEqual(1);
          expect(kappa).toBeGreaterThanOrEqual(-1);
          expect(kappa === 1).toBe(same === pairs.length);
        }
      }),
    );
  });
  it('has a word at each step of the scale', () => {
    expect([-0.1, 0, 0.2, 0.21, 0.4, 0.58, 0.75, 0.81, 1].map(kappaWord)).toEqual([
      'less than chance',
      'slight',
      'slight',
      'fair',
      'fair',
      'moderate',
      'substantial',
      'almost perfect',
      'almost perfect',
    ]);
  });
});

describe("Spearman's rho", () => {
  it('gives equal values the mean of their ranks', () => {
    expect(ranks([10, 20, 20, 5, 20])).toEqual([2, 4, 4, 1, 4]);
    expect(ranks([])).toEqual([]);
  });
  it('equals values worked out by hand', () => {
    // No ties: 1 - 6 * sum(d^2) / (n (n^2 - 1)); d = 0, 1, -1, 1, -1; 1 - 24 / 120.
    expect(
      spearman([
        [1, 1],
        [2, 3],
        [3, 2],
        [4, 5],
        [5, 4],
      ]),
    ).toBeCloseTo(0.8, 12);
    // Ties: ranks a 1, 2.5, 2.5, 4 and b 1.5, 1.5, 3, 4. From their mean: -1.5 0 0 1.5 and -1 -1 0.5 1.5; products 3.75, squares 4.5 and 4.5.
    expect(
      spearman([
        [0, 1],
        [1, 1],
        [1, 2],
        [3, 3],
      ]),
    ).toBeCloseTo(3.75 / 4.5, 12);
  });
  it('is not defined when one side never varies, or for a single pair', () => {
    expect(
      spearman([
        [1, 1],
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull();
    expect(spearman([[1, 2]])).toBeNull();
    expect(spearman([])).toBeNull();
  });
  it('stays within -1 and 1, is symmetric, and sees only the order', () => {
    const value = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 }), (pairs) => {
        const rho = spearman(pairs);
        const swapped = spearman(pairs.map(([a, b]) => [b, a] as const));
        const stretched = spearman(pairs.map(([a, b]) => [a ** 3 - 5, Math.exp(b)] as const));
        const turned = spearman(pairs.map(([a, b]) => [-a, b] as const));
        if (rho === null) {
          expect([swapped, stretched, turned]).toEqual([null, null, null]);
          return;
        }
        expect(Math.abs(rho)).toBeLessThanOrEqual(1);
        expect(swapped).toBeCloseTo(rho, 12);
        expect(stretched).toBeCloseTo(rho, 12);
        expect(turned).toBeCloseTo(-rho, 12);
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 30 }), (values) => {
        expect(spearman(values.map((a) => [a, a]))).toBeCloseTo(1, 12);
      }),
    );
  });
});
