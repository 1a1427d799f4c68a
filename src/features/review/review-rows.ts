/** The tasks of a review: one small row each, and the queries that choose among them. */
import { labelOf } from '../../core/ids';
import { answered, isJudgeable, taskFingerprint, type Rating } from '../../core/review/rating';
import type { RatingsByTask } from '../../core/review/figures';
import { sampleOf } from '../../core/review/sample';
import { matcherOf, type NamedFilter } from '../../core/pool-filter';
import type { Task, TaskId } from '../../core/task';
import { originalDraft } from '../../shared/tasks/task-edit';
import { type TaskRow, taskRow } from '../../shared/tasks/pool-rows';

export interface ReviewRow {
  readonly id: TaskId;
  readonly task: TaskRow;
  /** Fingerprints of the text as it is now and as the machine wrote it. */
  readonly print: number;
  readonly machineFingerprint: number;
}
/** Null for tasks that cannot be judged: they have no instance. */
export function reviewRow(task: Task, named = false): ReviewRow | null {
  if (!isJudgeable(task)) return null;
  const label = labelOf(task.id);
  const print = taskFingerprint(label, task);
  if (!task.provenance.original)
    return { id: task.id, task: taskRow(task, named), print, machineFingerprint: print };
  const { instruction, instances } = originalDraft(task);
  const machineFingerprint = taskFingerprint(label, { instruction, instances: instances ?? [] });
  return { id: task.id, task: taskRow(task, named), print, machineFingerprint };
}

export type Scope = 'sample' | 'all';
export const SHOWN = ['all', 'open', 'accepted', 'rejected', 'flagged'] as const;
export type Shown = (typeof SHOWN)[number];

export interface ReviewQuery {
  readonly scope: Scope;
  readonly size: number;
  readonly seed: number;
  readonly shown: Shown;
  readonly text: string;
  /** Only these tasks are in question, whatever the scope; null for all. */
  readonly filter: NamedFilter | null;
}

/** Whether a task needs no more work: in a sample the three questions count, else a verdict is enough. */
export const isDone = (rating: Rating | undefined, scope: Scope): boolean =>
  rating !== undefined && (answered(rating.answers) || (scope === 'all' && rating.verdict !== null));

/** The sample, or all: of the tasks that the filter lets through. */
export function scopeOf(
  rows: readonly ReviewRow[],
  { scope, size, seed, filter }: ReviewQuery,
): readonly ReviewRow[] {
  const matches = filter && matcherOf(filter.filter);
  const found = matches ? rows.filter(({ task }) => matches(task)) : rows;
  return scope === 'sample' ? sampleOf(found, size, seed) : found;
}

export function chosen(
  rows: readonly ReviewRow[],
  { scope, shown, text }: ReviewQuery,
  ratings: RatingsByTask,
): readonly ReviewRow[] {
  const needle = text.trim().toLowerCase();
  if (shown === 'all' && needle === '') return rows;
  return rows.filter(({ id, task }) => {
    const rating = ratings.get(id);
    const fits =
      shown === 'all' ||
      (shown === 'open' && !isDone(rating, scope)) ||
      (shown === 'flagged' && rating?.flagged === true) ||
      rating?.verdict === shown;
    return fits && (needle === '' || task.folded.includes(needle) || task.label.includes(needle));
  });
}
