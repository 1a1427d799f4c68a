/**
 * Reads a backup that came from outside. The whole file is checked before anything is written: format and version, the
 * shape and check of every row, its ids against the run, and the counts at the end. Then it is read again, as rows.
 */
import { type ParsedRecord, parseRecord, type TextRecord } from '../core/dataset/json-record';
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

/** Longer than any row that we write: prompts and texts are bounded by a model's context. */
const MAX_ROW = 16 * 1024 * 1024;
/** The ids of all rows are remembered to find doubles; a larger file is none of ours. */
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
  new AppError({ kind: 'bad-file', detail: `“${file.name}” cannot be brought back: ${detail}.` });

/** @throws AppError bad-file with the line and the reason; AbortError when stopped. */
export async function checkBackup(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<CheckedBackup> {
  let check: BackupCheck | null = null;
  /** A line that is no JSON: damaged, or the place where the file was cut when no other line follows. */
  let broken: { readonly line: number; readonly reason: string } | null = null;
  for await (const records of readRecords(file, options(signal, onProgress))) {
    for (const record of records) {
      if (broken) throw refuse(file, `line ${broken.line}: ${broken.reason}`);
      const json = parsed(record);
      if (!check) {
        const header = json.ok ? parseBackupHeader(json.value) : json;
        if (!header.ok) throw refuse(file, header.reason);
        check = new BackupCheck(header.row);
      } else if (!json.ok) {
        broken = { line: record.line, reason: json.reason };
      } else {
        const problem = check.add(json.value);
        if (problem !== null) throw refuse(file, `line ${record.line}: ${problem}`);
      }
    }
  }
  if (!check) throw refuse(file, 'it is empty');
  if (broken) throw refuse(file, `it ends in the middle of line ${broken.line}, so a part is missing`);
  const result = check.result();
  if (typeof result === 'string') throw refuse(file, result);
  return result;
}

/** The rows of a file that `checkBackup` let pass. */
export async function* backupRows(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
): AsyncGenerator<readonly BackupRow[]> {
  for await (const records of readRecords(file, options(signal, onProgress))) {
    const rows: BackupRow[] = [];
    for (const record of records) {
      const json = parsed(record);
      const row = json.ok ? parseBackupRow(json.value) : json;
      // Header and last line are no rows; that all others are was checked.
      if (row.ok) rows.push(row.row);
    }
    if (rows.length > 0) yield rows;
  }
}

const options = (signal: StopSignal, onProgress: (bytes: number) => void) =>
  ({ maxRecordBytes: MAX_ROW, lists: false, signal, onProgress }) as const;

const parsed = (record: TextRecord): ParsedRecord =>
  'problem' in record ? { ok: false, reason: record.problem } : parseRecord(record.text);

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

  constructor(private readonly run: RunRecord) {
    this.#tally = new Tally(run.id);
  }

  /** What is wrong with the line, or null. */
  add(line: unknown): string | null {
    if (this.#end) return 'there is something after the last line';
    if (typeof line !== 'object' || line === null) return 'this is no row of a backup';
    const value: { readonly kind?: unknown; readonly check?: unknown; readonly row?: unknown } = line;
    if (value.kind === 'end') return this.#takeEnd(value);
    const entry = parseBackupRow(value);
    if (!entry.ok) return entry.reason;
    if (value.check !== rowCheck(value.row)) return 'the row was changed or damaged since it was written';
    const misfit = misfitOf(entry.row, this.run.id);
    if (misfit !== null) return misfit;
    const ids = this.#ids[entry.row.kind];
    if (ids.has(entry.row.row.id)) return `the id ${entry.row.row.id} stands there twice`;
    if (ids.size === MAX_ROWS) return `there are more than ${MAX_ROWS} rows`;
    ids.add(entry.row.row.id);
    this.#tally.add(entry.row);
    return null;
  }

  result(): CheckedBackup | string {
    if (!this.#end) return 'it ends in the middle, so a part is missing (an unfinished download or copy?)';
    const { progress, tasks, candidates, calls, ratings } = this.#end;
    return { summary: { run: this.run, progress }, counts: { tasks, candidates, calls, ratings } };
  }

  #takeEnd(value: unknown): string | null {
    const end = parseBackupEnd(value);
    if (!end.ok) return end.reason;
    const { tasks, candidates, calls, ratings, progress } = end.row;
    const { task, candidate, call, rating } = this.#ids;
    const said = inWords(tasks, candidates, calls, ratings);
    const found = inWords(task.size, candidate.size, call.size, rating.size);
    if (said !== found) return `the file says ${said}, but holds ${found}`;
    if (progress.runId !== this.run.id) return 'the counters belong to another run';
    if (!sameCounts(progress, this.#tally.progress(progress))) return 'the counters do not match the rows';
    this.#end = end.row;
    return null;
  }
}

const inWords = (tasks: number, candidates: number, calls: number, ratings: number): string =>
  `${tasks} tasks, ${candidates} candidates, ${calls} calls and ${ratings} ratings`;

/** Why the ids of a row do not fit the run; null when they do. */
function misfitOf(entry: BackupRow, run: RunId): string | null {
  const { row } = entry;
  if (row.runId !== run || !row.id.startsWith(`${run}-`)) return 'the row belongs to another run';
  const foreign = namedIds(entry).find((id) => !id.startsWith(`${run}-`));
  if (foreign !== undefined) return `it names ${foreign}, which belongs to another run`;
  return row.id === expectedId(entry, run) ? null : `its id ${row.id.slice(0, 60)} does not fit its place`;
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

/** Ids are derived from a row's place, so a row can be asked for its own. */
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
