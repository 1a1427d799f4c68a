/** Takes a rater's file into a run: the newer mark of one rater on one task wins, nobody's mark replaces another's. */
import type { RunId, TaskId } from '../task';
import type { RatingLine } from './rating-file';
import { type Rating, ratingId } from './rating';

export interface Merge {
  /** To be written. */
  readonly ratings: readonly Rating[];
  readonly added: number;
  readonly updated: number;
  /** Already here, as they are or newer. */
  readonly kept: number;
  /** Of tasks that this run does not hold (any more). */
  readonly unknown: number;
  /** About another text than the one that stands here: kept, but not compared. */
  readonly otherText: number;
}

/** @param known ratings and tasks of the run as they stand */
export function mergeRatings(
  lines: readonly RatingLine[],
  rater: string,
  runId: RunId,
  known: {
    rating(id: string): Rating | undefined;
    /** The print of the task's text now; undefined when there is no such task. */
    print(taskId: TaskId): number | undefined;
  },
): Merge {
  const merged = new Map<string, Rating>();
  const counts = { added: 0, updated: 0, kept: 0, unknown: 0, otherText: 0 };
  for (const { task, ...mark } of lines) {
    const taskId = `${runId}-${task}` as TaskId;
    const print = known.print(taskId);
    if (print === undefined) {
      counts.unknown++;
      continue;
    }
    const id = ratingId(taskId, rater);
    const stored = known.rating(id);
    const before = merged.get(id) ?? stored;
    if (before && before.ratedAt >= mark.ratedAt) {
      counts.kept++;
      continue;
    }
    if (!merged.has(id)) counts[stored ? 'updated' : 'added']++;
    if (print !== mark.print) counts.otherText++;
    merged.set(id, { id, runId, taskId, rater, ...mark });
  }
  return { ratings: [...merged.values()], ...counts };
}
