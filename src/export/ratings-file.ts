/** Writes one rater's ratings of a run as a file of lines. */
import { headerRecord, ratingRecord } from '../core/review/rating-file';
import type { Rating } from '../core/review/rating';
import type { RunRecord } from '../core/run';

export function ratingsFile(rater: string, run: RunRecord, ratings: readonly Rating[]): Blob {
  const records = [headerRecord(rater, run, ratings.length), ...ratings.map(ratingRecord)];
  return new Blob(
    records.map((record) => `${JSON.stringify(record)}\n`),
    { type: 'application/jsonl' },
  );
}
