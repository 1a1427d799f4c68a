/** The beginning of a file as it will be written, and its size, without writing all of it. */
import type { BackupRow, RunSummary } from '../core/ports';
import type { Rating } from '../core/review/rating';
import { rejectedOf } from '../core/pipeline/progress';
import type { RunProgress } from '../core/run';
import { type BackupSource, checkedLine, headerLine } from './backup';
import type { Task, TaskId } from '../core/task';
import type { DataFormatId } from './data-formats';
import {
  beginning,
  countEntries,
  entriesOf,
  type EntryFormat,
  type ExportOptions,
  FORMATS,
  isIn,
  runOptions,
} from './formats';
import { parquetRowsOf } from './parquet';

export interface Preview {
  /** The first rows, exactly as in the file. */
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly whole: boolean;
  readonly rows: number;
  /** Null when it is known only after compression. */
  readonly bytes: number | null;
  /** Whether rows and bytes were counted, not estimated. */
  readonly exact: boolean;
}

/** The preview once all entries were counted. */
export function recounted(preview: Preview, entries: number): Preview {
  if (preview.exact || preview.rows === 0) return preview;
  const { rows, bytes } = preview;
  return { ...preview, rows: entries, bytes: bytes === null ? null : (bytes * entries) / rows };
}

const SHOWN = 5;
/** Entries written to estimate the size of the file. */
const SAMPLE = 300;

export async function previewFormat(
  format: EntryFormat,
  store: BackupSource,
  { run, progress }: RunSummary,
  options: ExportOptions,
): Promise<Preview> {
  const { between, close } = format.frame;
  const open = beginning(format, options);
  const sample: string[] = [];
  let exact = true;
  for await (const entries of entriesOf(format, store.scanTasks(run.id), options)) {
    sample.push(...entries.slice(0, SAMPLE - sample.length));
    exact = sample.length < SAMPLE;
    if (!exact) break;
  }
  const seedRows = options.withSeeds && !exact ? await seedEntries(format, store, { run, progress }) : 0;
  const rows = exact ? sample.length : Math.max(SAMPLE, seedRows + machineRows(format, progress));
  const whole = exact && sample.length <= SHOWN;
  const text = open + sample.slice(0, SHOWN).join(between) + (whole ? close : '');
  const bytes = byteLength(open + sample.join(between) + close);
  return { text, whole, rows, bytes: exact ? bytes : (bytes * rows) / sample.length, exact };
}

/** The rows of a Parquet file as they are read back, one a line. */
const parquetLines = (typed: boolean): EntryFormat => ({
  unit: 'rows',
  frame: { open: '', between: '', close: '' },
  entries: (task) => parquetRowsOf(task, typed).map((row) => `${JSON.stringify(row)}\n`),
});
export async function previewParquet(
  store: BackupSource,
  summary: RunSummary,
  options: ExportOptions,
): Promise<Preview> {
  const preview = await previewFormat(parquetLines(options.typed ?? true), store, summary, options);
  return { ...preview, bytes: null };
}

/** Collects the beginning of a file while all its tasks are read. */
export class FirstRows {
  readonly #format: EntryFormat;
  readonly #entries: string[] = [];

  constructor(
    id: DataFormatId,
    private readonly options: ExportOptions,
  ) {
    this.#format = FORMATS.find((one) => one.id === id) ?? parquetLines(options.typed ?? true);
  }
  add(task: Task): void {
    const room = SHOWN - this.#entries.length;
    if (room <= 0 || !isIn(task, this.options)) return;
    this.#entries.push(...this.#format.entries(task, this.options, NO_TEXTS).slice(0, room));
  }
  /** @param rows of the whole file */
  text(rows: number): string {
    const { open, between, close } = this.#format.frame;
    return open + this.#entries.join(between) + (rows <= this.#entries.length ? close : '');
  }
}
/** Only files with machine instructions refer to neighbours by their text. */
const NO_TEXTS: ReadonlyMap<TaskId, string> = new Map();

/** A first page of each kind of row shows the size of the rest. */
export async function previewBackup(store: BackupSource, { run, progress }: RunSummary): Promise<Preview> {
  const tasks = await firstPage(store.scanTasks(run.id));
  const candidates = await firstPage(store.scanCandidates(run.id));
  const calls = await firstPage(store.scanCalls(run.id));
  let ratings = 0;
  let rated: readonly Rating[] = [];
  // No counter knows them; they are few beside the rest.
  for await (const page of store.scanRatings(run.id)) {
    if (ratings === 0) rated = page;
    ratings += page.length;
  }
  const kinds: readonly (readonly [readonly BackupRow[], number])[] = [
    [tasks.map((row) => ({ kind: 'task', row })), run.seedSet.count + progress.kept],
    [candidates.map((row) => ({ kind: 'candidate', row })), progress.kept + rejectedOf(progress)],
    [calls.map((row) => ({ kind: 'call', row })), callsOf(progress)],
    [rated.map((row) => ({ kind: 'rating', row })), ratings],
  ];
  const header = headerLine(run);
  let rows = 0;
  // The last line repeats the counters.
  let bytes = byteLength(header) + byteLength(JSON.stringify(progress));
  for (const [sample, expected] of kinds) {
    const all = Math.max(sample.length, expected);
    const size = byteLength(sample.map(checkedLine).join(''));
    rows += all;
    if (sample.length > 0) bytes += (size * all) / sample.length;
  }
  const text =
    header +
    (kinds[0]?.[0] ?? [])
      .slice(0, SHOWN - 1)
      .map(checkedLine)
      .join('');
  return { text, whole: false, rows, bytes, exact: false };
}

/** Rows that a backup of the run will hold, by its counters. */
export const backupSize = ({ run, progress }: RunSummary): number =>
  run.seedSet.count + progress.kept + progress.kept + rejectedOf(progress) + callsOf(progress);

const callsOf = ({ stages }: RunProgress): number =>
  stages.instructions.calls + stages.classification.calls + stages.instances.calls;
const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Rows of the machine's tasks in a file, from the run's counters. */
function machineRows({ unit }: EntryFormat, progress: RunProgress): number {
  switch (unit) {
    case 'rows':
      return progress.instances;
    case 'tasks':
      return progress.completed;
    case 'machine instructions':
      return progress.kept;
  }
}

/** Seed entries of a file: they come first, so reading stops at the first machine task. */
async function seedEntries(format: EntryFormat, store: BackupSource, { run }: RunSummary): Promise<number> {
  let found = 0;
  for await (const page of store.scanTasks(run.id)) {
    const seeds = page.filter(({ origin }) => origin === 'seed');
    found += countEntries(format, seeds, { withSeeds: true, ...runOptions(run) });
    if (seeds.length < page.length) break;
  }
  return found;
}

async function firstPage<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  for await (const page of pages) return page;
  return [];
}
