/**
 * A file from outside. First the whole file is checked: what it is, which rows are good, what is wrong with the
 * others. Then it is read again, as the rows of a run.
 */
import { AppError } from '../core/errors';
import type { LineProblem } from '../core/dataset/seed-file';
import { labelOf } from '../core/ids';
import type { BackupRow } from '../core/ports';
import type { RunProgress } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { MachineTask, TaskId } from '../core/task';
import { type CheckedBackup, backupRows, checkBackup } from './read-backup';
import { type Container, containerOf, dataRecords, isBackup } from './data-records';
import { unreadColumns } from './parquet-rows';
import { type FoundRatings, countRatings, isRatings, ratingRows } from './ratings-part';
import { SHAPE_TITLES, type ShapeId, readShape } from './shapes';
import { TaskBuilder } from './task-builder';
import { ZipArchive } from '../io/zip-reader';

/** A file inside an archive, or the file itself. */
interface DataPart {
  readonly file: File;
  readonly container: Exclude<Container, 'zip'>;
}
export interface CheckedDataSet {
  readonly kind: 'dataset';
  readonly parts: readonly DataPart[];
  readonly shape: ShapeId;
  /** What it is, for people: `CSV, rows with instruction, input and output`. */
  readonly title: string;
  readonly tasks: number;
  readonly rows: number;
  /** Whether the file says which tasks are classification tasks. */
  readonly typed: boolean;
  readonly progress: RunProgress;
  readonly problems: readonly LineProblem[];
  readonly badLines: number;
  /** Tasks whose id stood there before: they are kept, under another one. */
  readonly again: number;
  /** Names of fields and columns that no task has a place for. */
  readonly unread: readonly string[];
  /** The first tasks, as they will be. */
  readonly first: readonly MachineTask[];
  /** What people said of these tasks, from the same passport; null when there is nothing. */
  readonly ratings: FoundRatings | null;
}
/** A whole-run backup: it is checked and stored by its own rules. */
interface FoundBackup extends CheckedBackup {
  readonly kind: 'backup';
  readonly file: File;
  /** From beside the backup: passports of the first version kept ratings there alone. Null when there is nothing. */
  readonly ratings: FoundRatings | null;
}
export type CheckedFile = CheckedDataSet | FoundBackup;
/** What is needed to read a file that was checked. */
export type ReadableFile =
  | Pick<CheckedDataSet, 'kind' | 'parts' | 'shape' | 'ratings'>
  | Pick<FoundBackup, 'kind' | 'file' | 'ratings'>;

const MAX_PROBLEMS = 1_000;
/** After this many bad records in a row from the start the file is something else. */
const HOPELESS = 2_000;
const SHOWN = 3;
/** Names of left-out fields that are told, and their length. */
const MAX_UNREAD = 20;
const MAX_NAME = 40;
/** Tasks that are stored at once: short enough not to hold up the page. */
const PAGE = 250;
/** Of several data files in an archive the one that tells most is read. */
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
const CONTAINER_TITLES: Readonly<Record<DataPart['container'], string>> = {
  json: 'JSON',
  csv: 'CSV',
  parquet: 'Parquet',
};

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
  if (container === 'json' && (await isBackup(file, signal))) {
    return backupOf(file, null, signal, onProgress);
  }
  return checkParts(file, [{ file, container }], null, signal, onProgress);
}
async function backupOf(
  file: File,
  beside: File | null,
  signal: StopSignal,
  onProgress: (share: number) => void,
): Promise<FoundBackup> {
  const checked = await checkBackup(file, signal, (bytes) => onProgress(bytes / Math.max(1, file.size)));
  // A backup that knows ratings holds the same.
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

/** The rows of a file that `checkDataFile` let pass. */
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
  for (const { file, container } of parts) {
    for await (const records of dataRecords(file, container, signal, () => undefined)) {
      for (const record of records) {
        if ('problem' in record) continue;
        const read = readShape(record.value, shape);
        if (read.ok) builder.add(read.task);
      }
      for (const row of builder.take(false)) open.push({ kind: 'task', row });
      while (open.length >= PAGE) {
        yield open.slice(0, PAGE);
        open = open.slice(PAGE);
      }
    }
  }
  for (const row of builder.take(true)) open.push({ kind: 'task', row });
  if (open.length > 0) yield open;
  if (ratings) yield* ratingRows(ratings.file, (label) => builder.idOf(label), signal);
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
    const prefix = parts.length > 1 ? `${file.name}: ` : '';
    if (container === 'parquet') check.passOver(await unreadColumns(file));
    for await (const records of dataRecords(file, container, signal, (share) =>
      onProgress((i + share) / parts.length),
    )) {
      for (const record of records) {
        if ('problem' in record) check.bad(record.line, prefix + record.problem);
        else check.add(record.line, record.value, prefix);
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
    const why = first ? `row ${first.line}: ${first.reason}` : 'it holds no rows';
    throw new AppError({
      kind: 'bad-file',
      detail: `“${whole.name}” is no data set that can be read: ${why}.`,
    });
  }
  const rated = ratings && (await countRatings(ratings, (label) => check.builder.idOf(label), signal));
  return {
    kind: 'dataset',
    parts,
    shape,
    title: `${CONTAINER_TITLES[container]}, ${SHAPE_TITLES[shape]}`,
    tasks: check.builder.tasks,
    rows: check.builder.rows,
    typed: check.builder.typed,
    progress: check.builder.progress(),
    problems,
    badLines: check.badLines,
    again: check.builder.again,
    unread: [...check.unread],
    first: check.first,
    ratings: rated && rated.count > 0 ? rated : null,
  };
}

/** Takes the records one by one; the first good one says which format the others must have. */
class Check {
  readonly builder = new TaskBuilder();
  readonly problems: LineProblem[] = [];
  readonly first: MachineTask[] = [];
  readonly unread = new Set<string>();
  shape: ShapeId | null = null;
  badLines = 0;

  get hopeless(): boolean {
    return this.shape === null && this.badLines >= HOPELESS;
  }
  add(line: number, value: unknown, prefix: string): void {
    const read = readShape(value, this.shape);
    const reason = read.ok ? this.builder.add(read.task) : read.reason;
    if (read.ok) {
      this.shape = read.shape;
      this.passOver(read.unread);
    }
    if (reason !== null) this.bad(line, prefix + reason);
  }
  /** Names of what is left out; a hostile file may make up as many as it likes. */
  passOver(names: readonly string[]): void {
    for (const name of names) {
      if (this.unread.size < MAX_UNREAD) this.unread.add(name.slice(0, MAX_NAME));
    }
  }
  bad(line: number, reason: string): void {
    this.badLines++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ line, reason });
  }
  /** Lets go of tasks that are whole, but for the first; at the end of all. */
  settle(end: boolean): void {
    for (const task of this.builder.take(end)) if (this.first.length < SHOWN) this.first.push(task);
  }
}

/** The data in an archive: a backup, or all files of the kind that tells most. */
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
    // An archive in an archive is not opened.
    if (container === 'zip') continue;
    if (container === 'json' && !backup && (await isBackup(file, signal))) {
      backup = file;
      continue;
    }
    if (container === 'json' && !ratings && (await isRatings(file, signal))) {
      ratings = file;
      continue;
    }
    // A backup holds all that the other files hold.
    if (backup) continue;
    const shape = await firstShape(file, container, signal);
    if (shape !== null)
      found.push({ file, container, rank: RANKS.indexOf(shape) * 3 + containerRank(container) });
  }
  if (backup) return { backup, ratings };
  const [best] = [...found].sort((a, b) => a.rank - b.rank);
  if (!best) {
    const detail = `“${archive.name}” holds no data set that can be read.`;
    throw new AppError({ kind: 'bad-file', detail });
  }
  // Two sides of one split belong together; the same rows in another format do not.
  const parts = found.filter(
    ({ rank, file }) => rank === best.rank && stem(file.name) === stem(best.file.name),
  );
  return { parts: parts.map(({ file, container }) => ({ file, container })), ratings };
}

/** A file's name without the side of a split. */
const stem = (name: string): string =>
  name.replace(/[-_.](?:train|validation|valid|val|test)(?=[-_.]|$)/u, '');

/** Columns keep types; JSON keeps every character; cells of a table were guarded. */
const containerRank = (container: DataPart['container']): number =>
  ['parquet', 'json', 'csv'].indexOf(container);

/** The format of the first record that can be read; null when there is none near the beginning. */
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
    // A picture or a text is no data set; the others may be.
  }
  return null;
}
