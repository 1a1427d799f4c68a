/**
 * A whole run as one JSONL file: a header with format, version and run; every seed, machine task, candidate, raw call and
 * rating with a checksum; a last line with counts and counters. The counters are computed from the written rows, so the
 * backup of a running run is consistent.
 */
import type { BackupRow, RunStore, RunSummary } from '../core/ports';
import type { RunRecord } from '../core/run';
import { rowCheck } from '../core/dataset/row-check';
import { Tally } from '../core/dataset/tally';
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupEnd } from '../core/schema';

/** What a backup reads of the store. */
export type BackupSource = Pick<RunStore, 'scanTasks' | 'scanCandidates' | 'scanCalls' | 'scanRatings'>;

/** A value as a line of JSON. */
export const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
/** A row as a line that tells later whether it was damaged. */
export const checkedLine = ({ kind, row }: { readonly kind: string; readonly row: unknown }): string =>
  line({ kind, check: rowCheck(row), row });

export const headerLine = (run: RunRecord): string =>
  line({ format: BACKUP_FORMAT, version: BACKUP_VERSION, run });

/** Rows written in one go, while the page waits. */
const SLICE = 200;
function* slices<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += SLICE) yield rows.slice(at, at + SLICE);
}

/** @param summary the run as it was before its rows are read */
export async function* writeBackup(
  { run, progress }: RunSummary,
  store: BackupSource,
  onRows: (rows: number) => void = () => undefined,
): AsyncGenerator<string> {
  const { batchSize } = run.config;
  const tally = new Tally(run.id);
  const counts = { tasks: 0, candidates: 0, calls: 0, ratings: 0 };
  let { rounds, nextSeq } = progress;
  const piece = (entries: readonly BackupRow[]): string => {
    let text = '';
    for (const entry of entries) {
      tally.add(entry);
      counts[`${entry.kind}s`]++;
      text += checkedLine(entry);
    }
    onRows(counts.tasks + counts.candidates + counts.calls + counts.ratings);
    return text;
  };

  yield headerLine(run);
  for await (const page of store.scanTasks(run.id)) {
    for (const task of page) {
      if (task.origin === 'seed') continue;
      rounds = Math.max(rounds, Math.floor(task.provenance.requestIndex / batchSize) + 1);
      nextSeq = Math.max(nextSeq, task.seq + 1);
    }
    for (const some of slices(page)) yield piece(some.map((row) => ({ kind: 'task', row })));
  }
  for await (const page of store.scanCandidates(run.id)) {
    // Rounds are stored whole: what a running pipeline judged after the tasks were read is left out.
    const rows = page.filter(({ requestIndex }) => requestIndex < rounds * batchSize);
    for (const some of slices(rows)) yield piece(some.map((row) => ({ kind: 'candidate', row })));
  }
  for await (const page of store.scanCalls(run.id)) {
    for (const some of slices(page)) yield piece(some.map((row) => ({ kind: 'call', row })));
  }
  for await (const page of store.scanRatings(run.id)) {
    for (const some of slices(page)) yield piece(some.map((row) => ({ kind: 'rating', row })));
  }
  const end: BackupEnd = {
    kind: 'end',
    ...counts,
    progress: tally.progress({ ...progress, rounds, nextSeq }),
  };
  yield line(end);
}
