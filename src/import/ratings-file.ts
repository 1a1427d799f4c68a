/** Reads one rater's ratings of a run: the good lines, and the number and reason of each bad one. */
import { parseTextRecord } from '../core/dataset/json-record';
import {
  parseRatingHeader,
  parseRatingLine,
  type RatingHeader,
  type RatingLine,
  sameRun,
} from '../core/review/rating-file';
import type { RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import { readRecords } from '../io/records';
import { RaterLines } from './rater-lines';
import { WORDS } from './words';

/** Far longer than any line that the app writes, in bytes. */
const MAX_LINE = 16 * 1024;

export interface RatersFile {
  readonly header: RatingHeader;
  readonly found: RaterLines<RatingLine>;
}

/** @throws AppError bad-file when it is not such a file, belongs to another run or is too large; AbortError when stopped. */
export async function readRatingsFile(file: File, run: RunRecord, signal: StopSignal): Promise<RatersFile> {
  const found = new RaterLines<RatingLine>(file.name);
  let header: RatingHeader | null = null;
  for await (const records of readRecords(file, { maxRecordBytes: MAX_LINE, lists: false, signal })) {
    for (const record of records) {
      const json = parseTextRecord(record);
      if (!header) {
        const first = json.ok ? parseRatingHeader(json.value) : json;
        if (!first.ok) throw found.refusal(first.reason);
        if (!sameRun(first.row.run, run)) throw found.refusal(WORDS.raters.otherRun);
        header = first.row;
        continue;
      }
      found.add(record.line, json.ok ? parseRatingLine(json.value) : json);
    }
  }
  if (!header) throw found.refusal(WORDS.empty);
  return { header, found };
}
