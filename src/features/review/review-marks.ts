/** What a rater says of a task as a row to store, and writing many of them without holding up the page. */
import type { RunStore } from '../../core/ports';
import { NO_ANSWERS, type Rating, ratingId } from '../../core/review/rating';
import type { RunId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import type { RatingsChange } from '../../shared/raters/ratings.svelte';
import type { ReviewRow } from './review-rows';

export type Marks = Partial<Pick<Rating, 'verdict' | 'flagged' | 'answers'>>;

/** The rating with these marks; what else was said before stays. */
export const withMarks = (
  before: Rating | undefined,
  { id, print }: Pick<ReviewRow, 'id' | 'print'>,
  by: Pick<Rating, 'runId' | 'rater' | 'ratedAt'>,
  marks: Marks,
): Rating => ({
  verdict: before?.verdict ?? null,
  flagged: before?.flagged ?? false,
  answers: before?.answers ?? NO_ANSWERS,
  ...marks,
  ...by,
  id: ratingId(id, by.rater),
  taskId: id,
  print,
});

/** Rows of one transaction: more of them in one go would be felt. */
export const RATINGS_A_PAGE = 500;

/** @param onProgress rows that are written or removed @throws AppError as RunStore; what was written by then stays */
export async function writeRatings(
  store: Pick<RunStore, 'saveRatings'>,
  runId: RunId,
  { rows, removed }: RatingsChange<Rating>,
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  const pacer = new Pacer();
  for (let at = 0; at < Math.max(rows.length, removed.length); at += RATINGS_A_PAGE) {
    const to = at + RATINGS_A_PAGE;
    await store.saveRatings(runId, rows.slice(at, to), removed.slice(at, to));
    onProgress(Math.min(to, rows.length) + Math.min(to, removed.length));
    await pacer.breathe();
  }
}
