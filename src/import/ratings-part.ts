/** The ratings beside the data of a passport: those of imported tasks are imported with them. */
import { parseTextRecord } from '../core/dataset/json-record';
import type { BackupRow } from '../core/ports';
import { type Rating, ratingId } from '../core/review/rating';
import { type Checked, parseRating } from '../core/schema';
import type { StopSignal } from '../core/signal';
import { labelOf } from '../core/ids';
import type { RunId, TaskId } from '../core/task';
import { readRecords } from '../io/records';

/** Far longer than any rating that the app writes, in bytes. */
const MAX_LINE = 16 * 1024;
/** More than the largest pool with many raters. */
const MAX_RATINGS = 1_000_000;

export interface FoundRatings {
  readonly file: File;
  /** Of tasks in the data. */
  readonly count: number;
  readonly raters: number;
}

/** Whether a file begins with a rating. */
export async function isRatings(file: File, signal: StopSignal): Promise<boolean> {
  for await (const ratings of records(file, signal)) if (ratings[0]) return ratings[0].ok;
  return false;
}

/** @param taskOf the task with a label (`m000012-003`) in the data; undefined when there is none */
export async function countRatings(
  file: File,
  taskOf: (label: string) => TaskId | undefined,
  signal: StopSignal,
): Promise<FoundRatings> {
  const raters = new Set<string>();
  let count = 0;
  for await (const rows of ratingRows(file, taskOf, signal)) {
    count += rows.length;
    for (const { row } of rows) raters.add(row.rater);
  }
  return { file, count, raters: raters.size };
}

/** The ratings as rows of the imported run. A rater's second rating of a task is left out. */
export async function* ratingRows(
  file: File,
  taskOf: (label: string) => TaskId | undefined,
  signal: StopSignal,
): AsyncGenerator<readonly Extract<BackupRow, { kind: 'rating' }>[]> {
  const known = new Set<string>();
  for await (const ratings of records(file, signal)) {
    const rows: Extract<BackupRow, { kind: 'rating' }>[] = [];
    for (const rating of ratings) {
      const taskId = rating.ok ? taskOf(labelOf(rating.row.taskId)) : undefined;
      if (!rating.ok || taskId === undefined) continue;
      const id = ratingId(taskId, rating.row.rater);
      if (known.has(id) || known.size === MAX_RATINGS) continue;
      known.add(id);
      const runId = taskId.slice(0, taskId.indexOf('-')) as RunId;
      rows.push({ kind: 'rating', row: { ...rating.row, id, runId, taskId } });
    }
    if (rows.length > 0) yield rows;
  }
}

async function* records(file: File, signal: StopSignal): AsyncGenerator<readonly Checked<Rating>[]> {
  for await (const some of readRecords(file, { maxRecordBytes: MAX_LINE, lists: false, signal })) {
    yield some.map((record) => {
      const json = parseTextRecord(record);
      return json.ok ? parseRating(json.value) : json;
    });
  }
}
