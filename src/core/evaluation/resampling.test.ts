import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random';
import {
  RESAMPLING,
  bootstrapMean,
  mean,
  pairedTest,
  quantile,
  resampledMeans,
  runToEnd,
  signFlipTest,
} from './resampling';

/** Means of all n^n resamples, sorted: what the bootstrap samples from. */
function allMeans(values: readonly number[]): Float64Array {
  const n = values.length;
  const means = new Float64Array(n ** n);
  for (let code = 0; code < means.length; code++) {
    let sum = 0;
    for (let place = 0, rest = code; place < n; place++, rest = Math.floor(rest / n))
      sum += values[rest % n] ?? 0;
    means[code] = sum / n;
  }
  return means.sort();
}
const MANY = { ...RESAMPLING, resamples: 60_000 };

describe('bootstrap', () => {
  it('agrees with all resamples of small samples', () => {
    const values = [0, 7.5, 12, 30, 100];
    const exact = allMeans(values);
    const drawn = runToEnd(resampledMeans(values, MANY));
    for (const share of [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]) {
      expect(Math.abs(quantile(drawn, share) - quantile(exact, share))).toBeLessThan(2.5);
    }
  });

  it('has the closed-form mean and variance of a resampled mean', () => {
    const random = new Random(5);
    const values = Array.from({ length: 80 }, () => random.next() ** 2 * 100);
    const middle = mean(values);
    const variance = mean(values.map((value) => (value - middle) ** 2)) / values.length;
    const means = [...runToEnd(resampledMeans(values, MANY))];
    const centre = mean(means);
    expect(centre).toBeCloseTo(middle, 0);
    const spread = mean(means.map((value) => (value - centre) ** 2));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(0.03);
    // A normal mean: 1.96 standard errors on both sides.
    const interval = runToEnd(bootstrapMean(values, MANY));
    expect(interval?.low).toBeCloseTo(middle - 1.96 * Math.sqrt(variance), 0);
    expect(interval?.high).toBeCloseTo(middle + 1.96 * Math.sqrt(variance), 0);
  });

  it('holds the mean, moves with the values and does not depend on anything but the seed', () => {
    const values = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.nat(1_000), (numbers, seed) => {
        const options = { resamples: 400, level: 0.95, seed };
        const one = runToEnd(bootstrapMean(numbers, options));
        expect(runToEnd(bootstrapMean(numbers, options))).toEqual(one);
        if (!one) throw new Error('there are values');
        expect(one.low).toBeGreaterThanOrEqual(Math.min(...numbers));
        expect(one.high).toBeLessThanOrEqual(Math.max(...numbers));
        expect(one.low).toBeLessThanOrEqual(one.high);
        const moved = runToEnd(
          bootstrapMean(
            numbers.map((value) => value + 8),
            options,
          ),
        );
        expect(moved?.low).toBeCloseTo(one.low + 8, 9);
      }),
      { numRuns: 40 },
    );
    expect(runToEnd(bootstrapMean([], RESAMPLING))).toBeNull();
    expect(runToEnd(bootstrapMean([3], RESAMPLING))).toEqual({ mean: 3, low: 3, high: 3 });
  });
});

describe('paired tests', () => {
  it('finds the sign-flip probability by hand', () => {
    // All eight of one sign: 2 of 256 choices are as far.
    expect(runToEnd(signFlipTest([1, 2, 3, 4, 5, 6, 7, 8], RESAMPLING))).toBe(2 / 256);
    // 3 and -1 and 0: sums 4, 2, -2, -4; all four are at least 2 from zero.
    expect(runToEnd(signFlipTest([3, -1, 0], RESAMPLING))).toBe(1);
    // Of the sums of ±1 ±2 ±4, those of 7, 5 and their negatives are at least 5 from zero.
    expect(runToEnd(signFlipTest([-1, 2, 4], RESAMPLING))).toBe(4 / 8);
    expect(runToEnd(signFlipTest([0, 0], RESAMPLING))).toBe(1);
  });

  it('draws signs so that the exact probability comes out', () => {
    // 16 differences of 1, 12 of them up: P(|2B - 16| >= 8) for B ~ binomial(16, 1/2).
    const differences = Array.from({ length: 16 }, (_, i) => (i < 12 ? 1 : -1));
    const exact = (2 * (1 + 16 + 120 + 560 + 1820)) / 2 ** 16;
    const drawn = runToEnd(signFlipTest(differences, { resamples: 40_000, seed: 3 }));
    expect(Math.abs(drawn - exact)).toBeLessThan(0.006);
  });

  it('agrees with all resamples', () => {
    const differences = [4, 1, -2, 3, 0.5];
    const exact = allMeans(differences);
    const below = exact.filter((value) => value <= 0).length / exact.length;
    const found = runToEnd(pairedTest(differences, MANY));
    expect(found?.difference).toBe(mean(differences));
    expect(Math.abs((found?.bootstrapP ?? NaN) - 2 * below)).toBeLessThan(0.01);
  });

  it('turns around when the models change places', () => {
    const differences = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(differences, (values) => {
        const options = { ...RESAMPLING, resamples: 300 };
        const one = runToEnd(pairedTest(values, options));
        const other = runToEnd(
          pairedTest(
            values.map((value) => -value),
            options,
          ),
        );
        if (!one || !other) throw new Error('there are values');
        expect(other.low).toBeCloseTo(-one.high, 9);
        expect(other.high).toBeCloseTo(-one.low, 9);
        expect(other.bootstrapP).toBe(one.bootstrapP);
        expect(other.signFlipP).toBe(one.signFlipP);
        expect(one.bootstrapP).toBeGreaterThan(0);
        expect(one.signFlipP).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});
