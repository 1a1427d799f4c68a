/** Which tasks of a run its raters rejected: exports can leave them out. */
import type { TaskId } from '../task';
import { isRejected, type Rating } from './rating';

/** @param pages all ratings of the run, in any order */
export async function rejectedTasks(
  pages: AsyncIterable<readonly Rating[]> | readonly (readonly Rating[])[],
): Promise<ReadonlySet<TaskId>> {
  const judged = new Map<TaskId, Rating[]>();
  for await (const page of pages) {
    for (const rating of page) {
      if (rating.verdict === null) continue;
      const others = judged.get(rating.taskId);
      if (others) others.push(rating);
      else judged.set(rating.taskId, [rating]);
    }
  }
  return new Set([...judged].filter(([, ratings]) => isRejected(ratings)).map(([id]) => id));
}
