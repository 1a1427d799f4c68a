/**
 * Reads a backup. All of it is checked before anything is stored: format and version, shape and checksum of every row, its
 * ids against the run, and the counts at the end. Then it is read again, as rows.
 */
import { parseTextRecord } from '../core/dataset/json-record';
import { sameCounts, Tally } from '../core/dataset/tally';
import { AppError } from '../core/errors';
import { callId, candidateId } from '../core/ids';
import type { BackupRow, RunSummary } from '../core/ports';
import { ratingId } from '../core/review/rating';
import type { RunRecord } from '../core/run';
import { type BackupEnd, parseBackupEnd, parseBackupHeader, parseBackupRow } from '../core/schema';
import type { StopSignal } from '../core/signal';
import type { RunId, TaskId } from '../core/task';
import { rowCheck } from '../core/dataset/row-check';
import { readRecords } from '../io/records';
import { WORDS } from './words';

/** Longer than any row that the app writes: prompts and texts are bounded by a model's context. In bytes. */
const MAX_ROW = 16 * 1024 * 1024;
/** The ids of all rows are remembered to find repeated ones; the app writes no larger file. */
const MAX_ROWS = 5_000_000;

export interface BackupCounts {
  readonly tasks: number;
  readonly candidates: number;
  readonly calls: number;
  readonly ratings: number;
}
export interface CheckedBackup {
  readonly summary: RunSummary;
  readonly counts: BackupCounts;
}

const refuse = (file: File, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.backup.refused(file.name, detail) });

/**
 * Checks a whole backup.
 * @param onRow takes each row once it was checked; the rest of the file may still be refused
 * @throws AppError bad-file with line and reason; AbortError when stopped
 */
export async function checkBackup(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
  onRow: (row: BackupRow) => void = () => undefined,
): Promise<CheckedBackup> {
  let check: BackupCheck | null = null;
  /** A line that is not JSON: damaged, or the end of an incomplete file when no other line follows. */
  let broken: { readonly line: number; readonly reason: string } | null = null;
  for await (const records of readRecords(file, options(signal, onProgress))) {
    for (const record of records) {
      if (broken) throw refuse(file, WORDS.lineReason(broken.line, broken.reason));
      const json = parseTextRecord(record);
      if (!check) {
        const header = json.ok ? parseBackupHeader(json.value) : json;
        if (!header.ok) throw refuse(file, header.reason);
        check = new BackupCheck(header.row, onRow);
      } else if (!json.ok) {
        broken = { line: record.line, reason: json.reason };
      } else {
        const problem = check.add(json.value);
        if (problem !== null) throw refuse(file, WORDS.lineReason(record.line, problem));
      }
    }
  }
  if (!check) throw refuse(file, WORDS.empty);
  if (broken) throw refuse(file, WORDS.backup.cutInLine(broken.line));
  const result = check.result();
  if (typeof result === 'string') throw refuse(file, result);
  return result;
}

/** The rows of a file that passed `checkBackup`. */
export async function* backupRows(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
): AsyncGenerator<readonly BackupRow[]> {
  for await (const records of readRecords(file, options(signal, onProgress))) {
    const rows: BackupRow[] = [];
    for (const record of records) {
      const json = parseTextRecord(record);
      const row = json.ok ? parseBackupRow(json.value) : json;
      // Only the header and the last line fail here: all others were checked.
      if (row.ok) rows.push(row.row);
    }
    if (rows.length > 0) yield rows;
  }
}

const options = (signal: StopSignal, onProgress: (bytes: number) => void) =>
  ({ maxRecordBytes: MAX_ROW, lists: false, signal, onProgress }) as const;

/** Takes the lines after the header one by one. */
class BackupCheck {
  readonly #tally: Tally;
  readonly #ids = {
    task: new Set<string>(),
    candidate: new Set<string>(),
    call: new Set<string>(),
    rating: new Set<string>(),
  };
  #end: BackupEnd | null = null;

  constructor(
    private readonly run: RunRecord,
    private readonly onRow: (row: BackupRow) => void,
  ) {
    this.#tally = new Tally(run.id);
  }

  /** What is wrong with the line, or null. */
  add(line: unknown): string | null {
    if (this.#end) return WORDS.backup.afterEnd;
    if (typeof line !== 'object' || line === null) return WORDS.backup.notRow;
    const value: { readonly kind?: unknown; readonly check?: unknown; readonly row?: unknown } = line;
    if (value.kind === 'end') return this.#takeEnd(value);
    const entry = parseBackupRow(value);
    if (!entry.ok) return entry.reason;
    if (value.check !== rowCheck(value.row)) return WORDS.backup.changed;
    const mismatch = mismatchOf(entry.row, this.run.id);
    if (mismatch !== null) return mismatch;
    const ids = this.#ids[entry.row.kind];
    if (ids.has(entry.row.row.id)) return WORDS.row.repeatedId(entry.row.row.id);
    if (ids.size === MAX_ROWS) return WORDS.backup.manyRows(MAX_ROWS);
    ids.add(entry.row.row.id);
    this.#tally.add(entry.row);
    this.onRow(entry.row);
    return null;
  }

  result(): CheckedBackup | string {
    if (!this.#end) return WORDS.backup.cut;
    const { progress, tasks, candidates, calls, ratings } = this.#end;
    return { summary: { run: this.run, progress }, counts: { tasks, candidates, calls, ratings } };
  }

  #takeEnd(value: unknown): string | null {
    const end = parseBackupEnd(value);
    if (!end.ok) return end.reason;
    const { tasks, candidates, calls, ratings, progress } = end.row;
    const { task, candidate, call, rating } = this.#ids;
    const stated = WORDS.backup.rows(tasks, candidates, calls, ratings);
    const found = WORDS.backup.rows(task.size, candidate.size, call.size, rating.size);
    if (stated !== found) return WORDS.backup.counts(stated, found);
    if (progress.runId !== this.run.id) return WORDS.backup.otherCounters;
    if (!sameCounts(progress, this.#tally.progress(progress))) return WORDS.backup.wrongCounters;
    this.#end = end.row;
    return null;
  }
}

/** Why the ids of a row do not match the run; null when they do. */
function mismatchOf(entry: BackupRow, run: RunId): string | null {
  const { row } = entry;
  if (row.runId !== run || !row.id.startsWith(`${run}-`)) return WORDS.backup.otherRun;
  const foreign = namedIds(entry).find((id) => !id.startsWith(`${run}-`));
  if (foreign !== undefined) return WORDS.backup.foreignId(foreign);
  return row.id === expectedId(entry, run) ? null : WORDS.backup.wrongId(row.id.slice(0, 60));
}

function namedIds(entry: BackupRow): readonly TaskId[] {
  switch (entry.kind) {
    case 'task': {
      if (entry.row.origin === 'seed') return [];
      const { exemplars, mostSimilar } = entry.row.provenance;
      return [...exemplars, ...mostSimilar.map(({ id }) => id)];
    }
    case 'candidate':
      return entry.row.nearest ? [entry.row.nearest.id] : [];
    case 'call':
      return entry.row.taskId ? [entry.row.taskId, ...entry.row.exemplars] : entry.row.exemplars;
    case 'rating':
      return [entry.row.taskId];
  }
}

/** Ids follow from a row's position, so they can be checked. */
function expectedId(entry: BackupRow, run: RunId): string {
  switch (entry.kind) {
    case 'task': {
      const { row } = entry;
      if (row.origin === 'machine') {
        return candidateId(run, row.provenance.requestIndex, row.provenance.item);
      }
      return /-s\d+$/u.test(row.id) ? row.id : `${run}-s`;
    }
    case 'candidate':
      return candidateId(run, entry.row.requestIndex, entry.row.item);
    case 'call':
      return callId(run, entry.row.stage, entry.row.index);
    case 'rating':
      return ratingId(entry.row.taskId, entry.row.rater);
  }
}
