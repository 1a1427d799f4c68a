/** Merges one rater's file of ratings into a run. */
import type { RunId, TaskId } from '../task';
import { type MergeReport, newerWins } from './newer-wins';
import type { RatingLine } from './rating-file';
import { type Rating, ratingId } from './rating';

export interface RatingMerge extends MergeReport<Rating> {
  /** Rows about another text than the task has now: stored, but not compared. */
  readonly otherText: number;
}

/** @param known the run's ratings and tasks as they are now */
export function mergeRatings(
  lines: readonly RatingLine[],
  rater: string,
  runId: RunId,
  known: {
    rating(id: string): Rating | undefined;
    /** Fingerprint of the task's text; undefined without such a task. */
    print(taskId: TaskId): number | undefined;
  },
): RatingMerge {
  const found = lines.map(({ task, ...mark }): Rating | null => {
    const taskId = `${runId}-${task}` as TaskId;
    if (known.print(taskId) === undefined) return null;
    return { id: ratingId(taskId, rater), runId, taskId, rater, ...mark };
  });
  const merge = newerWins(
    found,
    (id) => known.rating(id),
    ({ ratedAt }) => ratedAt,
  );
  const otherText = merge.rows.filter(({ taskId, print }) => known.print(taskId) !== print).length;
  return { ...merge, otherText };
}
