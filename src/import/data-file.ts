/**
 * Imports a file. A first pass checks all of it: its format, which rows are good, what is wrong with the others. A second
 * pass reads it as the rows of a run.
 */
import { AppError } from '../core/errors';
import { RefusedList, type RefusedLines } from '../core/dataset/refused-lines';
import { labelOf } from '../core/ids';
import type { BackupRow } from '../core/ports';
import type { RunProgress } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { MachineTask, TaskId } from '../core/task';
import { type CheckedBackup, backupRows, checkBackup } from './read-backup';
import { type Container, containerOf, dataRecords, backupKind } from './data-records';
import { OddRowCount, type OddRows } from './odd-rows';
import { type FoundRatings, countRatings, isRatings, ratingRows } from './ratings-part';
import { type ShapeId, readShape } from './shapes';
import { TaskBuilder } from './task-builder';
import { WORDS } from './words';
import { ZipArchive } from '../io/zip-reader';

/** A file inside an archive, or the file itself. */
interface DataPart {
  readonly file: File;
  readonly container: Exclude<Container, 'zip'>;
}
export interface CheckedDataSet extends RefusedLines {
  readonly kind: 'dataset';
  readonly parts: readonly DataPart[];
  readonly shape: ShapeId;
  /** As shown: `CSV, rows with instruction, input and output`. */
  readonly title: string;
  readonly tasks: number;
  readonly rows: number;
  /** Whether the file says which tasks are classification tasks. */
  readonly typed: boolean;
  readonly progress: RunProgress;
  /** Tasks with the id of an earlier one: they are imported under another id. */
  readonly again: number;
  /** Names of fields and columns that are not imported. */
  readonly unread: readonly string[];
  /** Rows that are imported as they are, but that the user should know of. */
  readonly odd: readonly OddRows[];
  /** The first tasks, cut: a text may be long, and this crosses to the page. */
  readonly first: readonly TaskPreview[];
  /** Ratings of these tasks from the same passport; null when there are none. */
  readonly ratings: FoundRatings | null;
}
interface TaskPreview {
  readonly id: TaskId;
  readonly instruction: string;
  /** Of the first instance; null when there is none. */
  readonly output: string | null;
}
/** A backup of a whole run, with its own checks and its own way into the store. */
interface FoundBackup extends CheckedBackup {
  readonly kind: 'backup';
  readonly file: File;
  /** From the file beside the backup, where passports of version 1 have them. Null when there are none. */
  readonly ratings: FoundRatings | null;
}
/** A snapshot of everything: it is not imported into what is there, but restored. */
interface FoundSnapshotFile {
  readonly kind: 'snapshot';
  readonly file: File;
}
export type CheckedFile = CheckedDataSet | FoundBackup | FoundSnapshotFile;
/** What is needed to read a checked file. */
export type ReadableFile =
  | Pick<CheckedDataSet, 'kind' | 'parts' | 'shape' | 'ratings'>
  | Pick<FoundBackup, 'kind' | 'file' | 'ratings'>;

/** After this many bad records at the start the file is taken to be something else. */
const HOPELESS = 2_000;
const SHOWN = 3;
/** Characters of a text in a preview. */
const PREVIEW = 400;
/** How many names of ignored fields are listed, and their length. */
const MAX_UNREAD = 20;
const MAX_NAME = 80;
/** Tasks, and characters of their texts, that are stored at once: few enough not to block the page. */
const PAGE = 250;
const PAGE_LENGTH = 2_000_000;
/** Of several data files in an archive the most complete one is read. */
const RANKS: readonly ShapeId[] = [
  'dataset',
  'rows',
  'seed-tasks',
  'openai-chat',
  'sharegpt',
  'prompt-completion',
  'types',
  'machine-instructions',
];

/** @throws AppError bad-file when nothing in it can be read; AbortError when stopped. */
export async function checkDataFile(
  file: File,
  signal: StopSignal,
  onProgress: (share: number) => void = () => undefined,
): Promise<CheckedFile> {
  const container = await containerOf(file);
  if (container === 'zip') {
    const found = await unpackData(file, signal, (share) => onProgress(share / 2));
    const rest = (share: number): void => onProgress(0.5 + share / 2);
    if ('backup' in found) return backupOf(found.backup, found.ratings, signal, rest);
    return checkParts(file, found.parts, found.ratings, signal, rest);
  }
  const kind = container === 'json' ? await backupKind(file, signal) : null;
  if (kind === 'snapshot') return { kind, file };
  if (kind === 'backup') return backupOf(file, null, signal, onProgress);
  return checkParts(file, [{ file, container }], null, signal, onProgress);
}
async function backupOf(
  file: File,
  beside: File | null,
  signal: StopSignal,
  onProgress: (share: number) => void,
): Promise<FoundBackup> {
  const checked = await checkBackup(file, signal, (bytes) => onProgress(bytes / Math.max(1, file.size)));
  // A backup with ratings has the same ones.
  if (!beside || checked.counts.ratings > 0) return { kind: 'backup', file, ...checked, ratings: null };
  const labels = new BackupLabels();
  for await (const rows of backupRows(file, signal)) labels.take(rows);
  const found = await countRatings(beside, (label) => labels.idOf(label), signal);
  const counts = { ...checked.counts, ratings: found.count };
  return { kind: 'backup', file, ...checked, counts, ratings: found.count > 0 ? found : null };
}
/** The machine tasks of a backup by their labels. */
class BackupLabels {
  readonly #ids = new Map<string, TaskId>();
  take(rows: readonly BackupRow[]): void {
    for (const { kind, row } of rows) {
      if (kind === 'task' && row.origin === 'machine') this.#ids.set(labelOf(row.id), row.id);
    }
  }
  idOf(label: string): TaskId | undefined {
    return this.#ids.get(label);
  }
}

/** The rows of a file that passed `checkDataFile`. */
export async function* readDataFile(
  found: ReadableFile,
  signal: StopSignal,
): AsyncGenerator<readonly BackupRow[]> {
  if (found.kind === 'backup') {
    yield* backupWithRatings(found, signal);
    return;
  }
  const { parts, shape, ratings } = found;
  const builder = new TaskBuilder();
  let open: BackupRow[] = [];
  let length = 0;
  for (const { file, container } of parts) {
    for await (const records of dataRecords(file, container, signal, () => undefined)) {
      for (const record of records) {
        if ('problem' in record) continue;
        const read = readShape(record.value, shape);
        if (read.ok) builder.add(read.task);
        for (const row of builder.take(false)) {
          open.push({ kind: 'task', row });
          length += lengthOf(row);
        }
        if (open.length < PAGE && length < PAGE_LENGTH) continue;
        yield open;
        open = [];
        length = 0;
      }
    }
  }
  for (const row of builder.take(true)) open.push({ kind: 'task', row });
  if (open.length > 0) yield open;
  if (ratings) yield* ratingRows(ratings.file, (label) => builder.idOf(label), signal);
}

function lengthOf(task: MachineTask): number {
  const instances = task.stage === 'complete' ? task.instances : [];
  return instances.reduce(
    (sum, { input, output }) => sum + input.length + output.length,
    task.instruction.length,
  );
}

async function* backupWithRatings(
  { file, ratings }: Pick<FoundBackup, 'file' | 'ratings'>,
  signal: StopSignal,
): AsyncGenerator<readonly BackupRow[]> {
  const labels = new BackupLabels();
  for await (const rows of backupRows(file, signal)) {
    if (ratings) labels.take(rows);
    yield rows;
  }
  if (ratings) yield* ratingRows(ratings.file, (label) => labels.idOf(label), signal);
}

async function checkParts(
  whole: File,
  parts: readonly DataPart[],
  ratings: File | null,
  signal: StopSignal,
  onProgress: (share: number) => void,
): Promise<CheckedDataSet> {
  const check = new Check();
  for (const [i, { file, container }] of parts.entries()) {
    check.begin(parts.length > 1 ? file.name : null);
    if (container === 'parquet') {
      const { unreadColumns } = await import('./parquet-rows');
      check.passOver(await unreadColumns(file));
    }
    for await (const records of dataRecords(file, container, signal, (share) =>
      onProgress((i + share) / parts.length),
    )) {
      for (const record of records) {
        if ('problem' in record) check.refuse(record.line, record.problem);
        else check.add(record.line, record.value);
      }
      check.settle(false);
      if (check.hopeless) break;
    }
  }
  check.settle(true);
  const { shape, problems } = check;
  const container = parts[0]?.container;
  if (shape === null || container === undefined || check.builder.tasks === 0) {
    const first = problems[0];
    const why = first ? WORDS.data.firstRow(first.line, first.reason) : WORDS.data.noRows;
    throw new AppError({ kind: 'bad-file', detail: WORDS.data.notDataSet(whole.name, why) });
  }
  const rated = ratings && (await countRatings(ratings, (label) => check.builder.idOf(label), signal));
  return {
    kind: 'dataset',
    parts,
    shape,
    title: WORDS.data.title(WORDS.data.containers[container], shape),
    tasks: check.builder.tasks,
    rows: check.builder.rows,
    typed: check.builder.typed,
    progress: check.builder.progress(),
    problems,
    badLines: check.badLines,
    again: check.builder.again,
    unread: [...check.unread],
    odd: check.odd.all(),
    first: check.first,
    ratings: rated && rated.count > 0 ? rated : null,
  };
}

/** Takes the records one by one; the first good one sets the format of the file. */
class Check extends RefusedList {
  readonly builder = new TaskBuilder();
  readonly first: TaskPreview[] = [];
  readonly odd = new OddRowCount();
  readonly unread = new Set<string>();
  shape: ShapeId | null = null;
  /** Where there are several. */
  #file: string | null = null;

  get hopeless(): boolean {
    return this.shape === null && this.badLines >= HOPELESS;
  }
  override begin(file: string | null): void {
    super.begin(file);
    this.#file = file;
  }
  add(line: number, value: unknown): void {
    const read = readShape(value, this.shape);
    const reason = read.ok ? this.builder.add(read.task) : read.reason;
    if (read.ok) {
      this.shape = read.shape;
      this.passOver(read.unread);
    }
    if (reason !== null) this.refuse(line, reason);
    else if (read.ok) this.odd.add(line, this.#file, read.task, value);
  }
  /** Notes names that are not imported; a hostile file may have any number of them. */
  passOver(names: readonly string[]): void {
    for (const name of names) {
      if (this.unread.size < MAX_UNREAD) this.unread.add(name.slice(0, MAX_NAME));
    }
  }
  /** Releases complete tasks, except the first few; all of them at the end. */
  settle(end: boolean): void {
    for (const task of this.builder.take(end)) {
      if (this.first.length < SHOWN) this.first.push(previewOf(task));
    }
  }
}

/** A cut string may keep the whole one in memory, but only its own characters cross to the page. */
const previewOf = (task: MachineTask): TaskPreview => ({
  id: task.id,
  instruction: task.instruction.slice(0, PREVIEW),
  output: task.stage === 'complete' ? (task.instances[0]?.output.slice(0, PREVIEW) ?? null) : null,
});

/** The data in an archive: a backup, or all files of the most complete kind. */
async function unpackData(
  archive: File,
  signal: StopSignal,
  onProgress: (share: number) => void,
): Promise<
  ({ readonly backup: File } | { readonly parts: readonly DataPart[] }) & { readonly ratings: File | null }
> {
  const zip = await ZipArchive.open(archive);
  const found: (DataPart & { readonly rank: number })[] = [];
  let ratings: File | null = null;
  let backup: File | null = null;
  for (const [i, entry] of zip.entries.entries()) {
    const blob = await zip.unpack(entry, signal);
    const file = new File([blob], entry.name);
    const container = await containerOf(file);
    onProgress((i + 1) / zip.entries.length);
    // Nested archives are not opened.
    if (container === 'zip') continue;
    if (container === 'json' && !backup && (await backupKind(file, signal)) === 'backup') {
      backup = file;
      continue;
    }
    if (container === 'json' && !ratings && (await isRatings(file, signal))) {
      ratings = file;
      continue;
    }
    // A backup has everything that is in the other files.
    if (backup) continue;
    const shape = await firstShape(file, container, signal);
    if (shape !== null)
      found.push({ file, container, rank: RANKS.indexOf(shape) * 3 + containerRank(container) });
  }
  if (backup) return { backup, ratings };
  const [best] = [...found].sort((a, b) => a.rank - b.rank);
  if (!best) {
    throw new AppError({ kind: 'bad-file', detail: WORDS.data.noneInArchive(archive.name) });
  }
  // The two sides of a split belong together; the same rows in another format do not.
  const parts = found.filter(
    ({ rank, file }) => rank === best.rank && stem(file.name) === stem(best.file.name),
  );
  return { parts: parts.map(({ file, container }) => ({ file, container })), ratings };
}

/** A file's name without the side of a split. */
const stem = (name: string): string =>
  name.replace(/[-_.](?:train|validation|valid|val|test)(?=[-_.]|$)/u, '');

/** Parquet keeps types, JSON every character; cells of CSV were guarded against formulas. */
const containerRank = (container: DataPart['container']): number =>
  ['parquet', 'json', 'csv'].indexOf(container);

/** The format of the first readable record; null when there is none near the beginning. */
async function firstShape(
  file: File,
  container: DataPart['container'],
  signal: StopSignal,
): Promise<ShapeId | null> {
  try {
    for await (const records of dataRecords(file, container, signal, () => undefined)) {
      for (const record of records) {
        const read = 'value' in record ? readShape(record.value, null) : null;
        if (read?.ok) return read.shape;
      }
      if (records.length > 0) return null;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // A picture or a text, say; other files may still be data sets.
  }
  return null;
}
