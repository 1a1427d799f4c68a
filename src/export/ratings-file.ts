/** Writes one rater's file and reads another's: bad lines are told by number and reason, the good ones are offered. */
import { parseRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import type { RunRecord } from '../core/run';
import {
  headerRecord,
  parseRatingHeader,
  parseRatingLine,
  type RatingHeader,
  type RatingLine,
  ratingRecord,
  sameRun,
} from '../core/review/rating-file';
import type { Rating } from '../core/review/rating';
import type { StopSignal } from '../core/signal';
import { readRecords } from '../io/records';

/** No line that we write is nearly as long. */
const MAX_LINE = 16 * 1024;
/** More than the largest pool that is supported. */
const MAX_RATINGS = 500_000;
/** Problems that are told one by one; the rest is counted. */
const MAX_TOLD = 20;

export interface RatersFile {
  readonly header: RatingHeader;
  readonly lines: readonly RatingLine[];
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** Lines that could not be read, told or not. */
  readonly bad: number;
}

export function ratingsFile(rater: string, run: RunRecord, ratings: readonly Rating[]): Blob {
  const records = [headerRecord(rater, run, ratings.length), ...ratings.map(ratingRecord)];
  return new Blob(
    records.map((record) => `${JSON.stringify(record)}\n`),
    { type: 'application/jsonl' },
  );
}

/** @throws AppError bad-file when it is none, belongs to another run or is too large; AbortError when stopped. */
export async function readRatingsFile(file: File, run: RunRecord, signal: StopSignal): Promise<RatersFile> {
  const refuse = (detail: string): AppError =>
    new AppError({ kind: 'bad-file', detail: `“${file.name}” cannot be merged: ${detail}.` });
  let header: RatingHeader | null = null;
  const lines: RatingLine[] = [];
  const problems: { line: number; reason: string }[] = [];
  let bad = 0;
  for await (const records of readRecords(file, { maxRecordBytes: MAX_LINE, lists: false, signal })) {
    for (const record of records) {
      const json =
        'problem' in record ? { ok: false as const, reason: record.problem } : parseRecord(record.text);
      if (!header) {
        const first = json.ok ? parseRatingHeader(json.value) : json;
        if (!first.ok) throw refuse(first.reason);
        if (!sameRun(first.row.run, run)) throw refuse('its ratings are of another run');
        header = first.row;
        continue;
      }
      const parsed = json.ok ? parseRatingLine(json.value) : json;
      if (parsed.ok) lines.push(parsed.row);
      else {
        bad++;
        if (problems.length < MAX_TOLD) problems.push({ line: record.line, reason: parsed.reason });
      }
      if (lines.length > MAX_RATINGS) throw refuse(`it holds more than ${MAX_RATINGS} ratings`);
    }
  }
  if (!header) throw refuse('it is empty');
  return { header, lines, problems, bad };
}
