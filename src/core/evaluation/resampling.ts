/**
 * Uncertainty of a mean over tasks, and of the difference of two models on the same tasks: percentile bootstrap and a
 * sign-flip test. Long computations are generators that pause now and then, so that the page stays responsive.
 */
import { Random } from '../random';

/** Work in steps: the caller decides what happens in between. */
export type Steps<T> = Generator<void, T, undefined>;

/** Takes all steps at once, for workers and tests. */
export function runToEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** A mean with its interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}
/** The mean difference of two models on the same tasks, with interval and p-values. */
export interface PairedTest {
  /** Mean of the differences. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided: twice the smaller share of resamples on one side of zero. */
  readonly bootstrapP: number;
  /** Two-sided: how often a difference as large arises when each task's sign is random. */
  readonly signFlipP: number;
}
/** How often and by which seed is resampled. */
export interface ResamplingOptions {
  readonly resamples: number;
  /** Share of the resamples inside an interval. */
  readonly level: number;
  readonly seed: number;
}
/** 2,000 resamples, 95 % intervals. */
export const RESAMPLING: ResamplingOptions = { resamples: 2_000, level: 0.95, seed: 1 };

/** Draws between two pauses: a few milliseconds. */
const DRAWS = 200_000;
/** With at most so many non-zero differences, all signs are tried instead of drawn. */
const EXACT_FLIPS = 14;

/** The arithmetic mean; NaN of nothing. */
export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
};

/** Quantile of sorted values, interpolated linearly (numpy's default). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (at - below);
}

/** Means of resamples with replacement, sorted. */
export function* resampledMeans(
  values: ArrayLike<number>,
  { resamples, seed }: ResamplingOptions,
): Steps<Float64Array> {
  const random = new Random(seed);
  const numbers = Float64Array.from(values);
  const means = new Float64Array(resamples);
  let draws = 0;
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < numbers.length; i++) sum += numbers[random.below(numbers.length)] ?? 0;
    means[r] = sum / numbers.length;
    draws += numbers.length;
    if (draws < DRAWS) continue;
    draws = 0;
    yield;
  }
  return means.sort();
}

/** Null without values. */
export function* bootstrapMean(
  values: ArrayLike<number>,
  options: ResamplingOptions,
): Steps<Interval | null> {
  if (values.length === 0) return null;
  const means = yield* resampledMeans(values, options);
  const outside = (1 - options.level) / 2;
  return { mean: mean(values), low: quantile(means, outside), high: quantile(means, 1 - outside) };
}

/** @param differences one for each task that both models answered. Null without any. */
export function* pairedTest(
  differences: ArrayLike<number>,
  options: ResamplingOptions,
): Steps<PairedTest | null> {
  if (differences.length === 0) return null;
  const means = yield* resampledMeans(differences, options);
  const outside = (1 - options.level) / 2;
  const notAbove = means.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  const notBelow = means.reduce((count, value) => count + (value >= 0 ? 1 : 0), 0);
  // One is added to both: from a sample, no share is known to be zero.
  const smaller = (Math.min(notAbove, notBelow) + 1) / (means.length + 1);
  return {
    difference: mean(differences),
    low: quantile(means, outside),
    high: quantile(means, 1 - outside),
    bootstrapP: Math.min(1, 2 * smaller),
    signFlipP: yield* signFlipTest(differences, options),
  };
}

/** Share of sign choices whose sum is as far from zero as the one seen; 1 when nothing differs. */
export function* signFlipTest(
  differences: ArrayLike<number>,
  { resamples, seed }: Pick<ResamplingOptions, 'resamples' | 'seed'>,
): Steps<number> {
  // Zeros have no sign and change no sum.
  const sizes = Float64Array.from(differences).filter((value) => value !== 0);
  if (sizes.length === 0) return 1;
  const seen = Math.abs(sizes.reduce((sum, value) => sum + value, 0));
  // Sums in another order differ in their last bits.
  const edge = seen - 1e-12 * sizes.reduce((sum, value) => sum + Math.abs(value), 0);
  if (sizes.length <= EXACT_FLIPS) {
    const choices = 2 ** sizes.length;
    let asFar = 0;
    for (let choice = 0; choice < choices; choice++) {
      let sum = 0;
      for (const [i, size] of sizes.entries()) sum += (choice >> i) & 1 ? -size : size;
      if (Math.abs(sum) >= edge) asFar++;
    }
    return asFar / choices;
  }
  const random = new Random(seed ^ 0x5f3759df);
  let asFar = 0;
  let draws = 0;
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (const size of sizes) sum += random.next() < 0.5 ? -size : size;
    if (Math.abs(sum) >= edge) asFar++;
    draws += sizes.length;
    if (draws < DRAWS) continue;
    draws = 0;
    yield;
  }
  return (asFar + 1) / (resamples + 1);
}
