/**
 * Reads a backup that came from outside. The whole file is checked before anything is written: format and version, the
 * shape and check of every row, its ids against the run, and the counts at the end. Then it is read again, as rows.
 */
import { parseRecord, type TextRecord } from '../core/dataset/json-record';
import { sameCounts, Tally } from '../core/dataset/tally';
import { AppError } from '../core/errors';
import { callId, candidateId } from '../core/ids';
import type { BackupRow, RunSummary } from '../core/ports';
import type { RunRecord } from '../core/run';
import { type BackupEnd, parseBackupEnd, parseBackupHeader, parseBackupRow } from '../core/schema';
import type { StopSignal } from '../core/signal';
import type { RunId, TaskId } from '../core/task';
import { rowCheck } from './backup';
import { readRecords } from './records';

/** Longer than any row that we write: prompts and texts are bounded by a model's context. */
const MAX_ROW = 16 * 1024 * 1024;
/** The ids of all rows are remembered to find doubles; a larger file is none of ours. */
const MAX_ROWS = 5_000_000;

export interface BackupCounts {
  readonly tasks: number;
  readonly candidates: number;
  readonly calls: number;
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
  for await (const records of readRecords(file, options(signal, onProgress))) {
    for (const record of records) {
      const at = (reason: string): AppError => refuse(file, `line ${record.line}: ${reason}`);
      if (!check) {
        const header = parsed(record, (value) => parseBackupHeader(value));
        if (!header.ok) throw refuse(file, header.reason);
        check = new BackupCheck(header.row);
        continue;
      }
      const problem = check.add(record);
      if (problem !== null) throw at(problem);
    }
  }
  if (!check) throw refuse(file, 'it is empty');
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
      const row = parsed(record, parseBackupRow);
      // Header and last line are no rows; that all others are was checked.
      if (row.ok) rows.push(row.row);
    }
    if (rows.length > 0) yield rows;
  }
}

const options = (signal: StopSignal, onProgress: (bytes: number) => void) =>
  ({ maxRecordBytes: MAX_ROW, lists: false, signal, onProgress }) as const;

function parsed<T>(
  record: TextRecord,
  parse: (value: unknown) => T,
): T | { readonly ok: false; readonly reason: string } {
  if ('problem' in record) return { ok: false, reason: record.problem };
  const json = parseRecord(record.text);
  return json.ok ? parse(json.value) : json;
}

/** Takes the lines after the header one by one. */
class BackupCheck {
  readonly #tally: Tally;
  readonly #ids = { task: new Set<string>(), candidate: new Set<string>(), call: new Set<string>() };
  #end: BackupEnd | null = null;

  constructor(private readonly run: RunRecord) {
    this.#tally = new Tally(run.id);
  }

  /** What is wrong with the line, or null. */
  add(record: TextRecord): string | null {
    if (this.#end) return 'there is something after the last line';
    if ('problem' in record) return record.problem;
    const json = parseRecord(record.text);
    if (!json.ok) return json.reason;
    if (typeof json.value !== 'object' || json.value === null) return 'this is no row of a backup';
    const value: { readonly kind?: unknown; readonly check?: unknown; readonly row?: unknown } = json.value;
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
    const { progress, tasks, candidates, calls } = this.#end;
    return { summary: { run: this.run, progress }, counts: { tasks, candidates, calls } };
  }

  #takeEnd(value: unknown): string | null {
    const end = parseBackupEnd(value);
    if (!end.ok) return end.reason;
    const { tasks, candidates, calls, progress } = end.row;
    const { task, candidate, call } = this.#ids;
    if (task.size !== tasks || candidate.size !== candidates || call.size !== calls) {
      const found = `${task.size} tasks, ${candidate.size} candidates and ${call.size} calls`;
      return `the file says ${tasks} tasks, ${candidates} candidates and ${calls} calls, but holds ${found}`;
    }
    if (progress.runId !== this.run.id) return 'the counters belong to another run';
    if (!sameCounts(progress, this.#tally.progress(progress))) return 'the counters do not match the rows';
    this.#end = end.row;
    return null;
  }
}

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
  }
}
