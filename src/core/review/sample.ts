/** A random sample that every rater finds again: the members with the smallest keyed hash. */
import { labelOf } from '../ids';
import { deriveSeed } from '../random';
import type { TaskId } from '../task';

/** As in the paper. */
export const PAPER_SAMPLE = 200;

/**
 * `size` of the ids, in random order. The same labels and seed give the same sample whatever the run's number; taking
 * one task out of the pool changes one place of it, and a larger sample begins with the smaller one.
 */
export function sampleOf<T extends { readonly id: TaskId }>(
  rows: readonly T[],
  size: number,
  seed: number,
): T[] {
  const keyed = rows.map((row) => {
    const label = labelOf(row.id);
    return { row, label, key: deriveSeed('review sample', seed, label) };
  });
  keyed.sort((a, b) => a.key - b.key || (a.label < b.label ? -1 : 1));
  return keyed.slice(0, Math.max(0, size)).map(({ row }) => row);
}
