/** A random sample that is the same for every rater: the members with the smallest keyed hash. */
import { labelOf } from '../ids';
import { deriveSeed } from '../random';
import type { TaskId } from '../task';

/** As in the paper. */
export const PAPER_SAMPLE = 200;

/**
 * `size` of the rows, in random order; rows come in the order of their ids. The same labels and seed give the same sample whatever the run's number; taking
 * one task out of the pool changes one place of it, and a larger sample begins with the smaller one.
 */
export function sampleOf<T extends { readonly id: TaskId }>(
  rows: readonly T[],
  size: number,
  seed: number,
): T[] {
  // Key and place packed into one number: sorting plain numbers is many times faster than calling a comparator.
  const PLACES = 2 ** 21;
  const keys = Float64Array.from(
    rows,
    ({ id }, place) => deriveSeed('review sample', seed, labelOf(id)) * PLACES + place,
  ).sort();
  return Array.from(keys.subarray(0, Math.max(0, size)), (key) => rows[key % PLACES]).filter(
    (row) => row !== undefined,
  );
}
