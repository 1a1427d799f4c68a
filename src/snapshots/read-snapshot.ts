/** Reads a snapshot up to its last whole mark; what comes after is an unfinished or damaged piece. */
import { parseTextRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import type { SnapshotContent } from '../core/snapshot-content';
import type { StopSignal } from '../core/signal';
import { readRecords } from '../io/records';
import type { SnapshotStore } from '../storage/schema';
import {
  chained,
  isChange,
  readHeader,
  readLine,
  type SnapshotChange,
  type SnapshotHeader,
  type SnapshotLine,
  type SnapshotMark,
} from './snapshot-format';
import { WORDS } from './words';

/** Longer than any row: the tasks of an evaluation are one row. In bytes. */
const MAX_ROW = 64 * 1024 * 1024;

export interface CheckedSnapshot {
  readonly header: SnapshotHeader;
  /** The last one with only whole lines before it. */
  readonly mark: SnapshotMark;
  readonly content: SnapshotContent;
  /** Whether lines after the mark are damaged or cut off. */
  readonly cut: boolean;
}

/**
 * Reads all of a snapshot.
 * @param onProgress bytes
 * @throws AppError bad-file when it is not a snapshot, or damaged before its first mark; AbortError when stopped
 */
export async function checkSnapshot(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<CheckedSnapshot> {
  const counter = new Counter();
  let header: SnapshotHeader | null = null;
  let mark: SnapshotMark | null = null;
  let content = counter.content();
  let after = 0;
  for await (const read of linesOf(file, signal, onProgress)) {
    if ('home' in read) header = read;
    else if (read.kind === 'mark') {
      mark = read.mark;
      content = counter.content();
      after = 0;
    } else {
      if (isChange(read)) counter.add(read);
      after++;
    }
  }
  if (!header) throw refuse(file, WORDS.notSnapshot);
  if (!mark) throw refuse(file, WORDS.noMark);
  return { header, mark, content, cut: after > 0 };
}

/** The rows and deletions up to the mark that `checkSnapshot` found. */
export async function* snapshotLines(
  file: File,
  { lines }: Pick<SnapshotMark, 'lines'>,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
): AsyncGenerator<SnapshotChange> {
  let seen = 0;
  for await (const read of linesOf(file, signal, onProgress)) {
    if ('home' in read) continue;
    if (seen++ === lines) return;
    if (isChange(read)) yield read;
  }
}

/** The header, then whole lines, up to the first that is damaged. */
async function* linesOf(
  file: File,
  signal: StopSignal,
  onProgress: (bytes: number) => void,
): AsyncGenerator<SnapshotHeader | SnapshotLine> {
  let headed = false;
  let lines = 0;
  let chain = 0;
  for await (const records of readRecords(file, {
    maxRecordBytes: MAX_ROW,
    lists: false,
    signal,
    onProgress,
  })) {
    for (const record of records) {
      const json = parseTextRecord(record);
      if (!json.ok) return;
      if (!headed) {
        const header = readHeader(json.value);
        if (!header) return;
        headed = true;
        yield header;
        continue;
      }
      const read = readLine(json.value);
      if (!read) return;
      const { line, check } = read;
      if (line.kind === 'mark' && (line.mark.lines !== lines || line.mark.chain !== chain)) return;
      lines++;
      chain = chained(chain, check);
      yield line;
    }
  }
}

/** Counts what is there after each line. */
class Counter {
  readonly #keys = new Map<SnapshotStore, Set<string>>(
    (['runs', 'tasks', 'trainings', 'evaluations', 'seedSets', 'models'] as const).map((store) => [
      store,
      new Set(),
    ]),
  );

  add(line: SnapshotChange): void {
    const keys = this.#keys.get(line.store);
    if (!keys) return;
    if (line.kind === 'row') keys.add(line.key);
    else if (line.from === line.to) keys.delete(line.from);
    else for (const key of keys) if (key >= line.from && key <= line.to) keys.delete(key);
  }

  content(): SnapshotContent {
    const size = (store: SnapshotStore): number => this.#keys.get(store)?.size ?? 0;
    let tasks = 0;
    for (const id of this.#keys.get('tasks') ?? []) if (id.includes('-m')) tasks++;
    return {
      runs: size('runs'),
      tasks,
      trainings: size('trainings'),
      evaluations: size('evaluations'),
      seedSets: size('seedSets'),
      models: size('models'),
    };
  }
}

const refuse = (file: File, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.refused(file.name, detail) });
