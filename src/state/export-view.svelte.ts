/** What the Export screen shows of the open run: the chosen format, its first rows, and the file being written or read. */
import { createContext } from 'svelte';
import { type Failure, failureOf } from '../core/errors';
import type { RunSummary } from '../core/ports';
import type { RunProgress, RunRecord } from '../core/run';
import type { Task } from '../core/task';
import { writeBackup } from '../export/backup';
import { collect } from '../export/collect';
import { countEntries, entriesOf, FORMATS, type Format, type FormatId, writeFormat } from '../export/formats';
import { type BackupCounts, backupRows, checkBackup } from '../export/read-backup';
import type { Services } from './services';
import { teller, type Work } from './work';

export type ExportFormatId = FormatId | 'backup';

export interface Preview {
  /** The beginning of the file, exactly as it will be written. */
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly whole: boolean;
  readonly rows: number;
  readonly bytes: number;
  /** Whether rows and bytes were counted, not estimated. */
  readonly exact: boolean;
}
export interface ChosenFile {
  readonly file: string;
  /** What one row of the file is. */
  readonly unit: string;
  /** Whether seeds can be part of it. */
  readonly seeds: 'choice' | 'never' | 'always';
}

const SHOWN = 5;
/** Entries that are written to know the size of the file. */
const SAMPLE = 300;
const MAX_SHOWN_CHARACTERS = 6_000;
const backupFile = (run: RunRecord): string => `run-${run.number}-backup.jsonl`;

export interface FormatOption {
  readonly id: ExportFormatId;
  readonly title: string;
  readonly note: string;
  readonly ending: string;
}
const option = ({ id, title, note, file }: Format): FormatOption => ({
  id,
  title,
  note,
  ending: file.slice(file.lastIndexOf('.')),
});
const optionsOf = (...ids: readonly FormatId[]): FormatOption[] =>
  FORMATS.filter(({ id }) => ids.includes(id)).map(option);

/** The formats as people look for them. */
export const FORMAT_GROUPS: readonly { readonly name: string; readonly options: readonly FormatOption[] }[] =
  [
    { name: 'For finetuning', options: optionsOf('alpaca', 'openai-chat', 'sharegpt', 'prompt-completion') },
    { name: 'As in the paper', options: optionsOf('machine-instructions', 'instances', 'seed-tasks') },
    { name: 'For reading and research', options: optionsOf('csv', 'dataset') },
    {
      name: 'To keep',
      options: [
        {
          id: 'backup',
          title: 'Whole-run backup',
          note: 'the run with all decisions and raw answers; it can be brought back here',
          ending: '.jsonl',
        },
      ],
    },
  ];

export class ExportView {
  format = $state<ExportFormatId>('alpaca');
  withSeeds = $state(false);
  preview = $state.raw<Preview | null>(null);
  work = $state.raw<Work | null>(null);
  failure = $state.raw<Failure | null>(null);
  saved = $state.raw<{ readonly name: string; readonly bytes: number } | null>(null);
  broughtBack = $state.raw<{ readonly run: RunRecord; readonly counts: BackupCounts } | null>(null);
  #looking: AbortController | null = null;
  #working: AbortController | null = null;

  constructor(private readonly services: Services) {}

  /** The chosen file's name, and what its rows are. */
  chosen(run: RunRecord | null): ChosenFile {
    const format = FORMATS.find(({ id }) => id === this.format);
    if (!format) return { file: run ? backupFile(run) : 'backup.jsonl', unit: 'rows', seeds: 'always' };
    const seeds = format.unit === 'machine instructions' ? 'never' : 'choice';
    return { file: format.file, unit: format.unit, seeds };
  }

  /** The first rows of the chosen file and its size. A newer look ends an older one. */
  async look(summary: RunSummary): Promise<void> {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const chosen = FORMATS.find(({ id }) => id === this.format);
    try {
      const preview = chosen ? await this.#previewRows(chosen, summary) : await this.#previewBackup(summary);
      if (looking.signal.aborted) return;
      this.preview = preview;
      if (this.failure?.kind !== 'bad-file') this.failure = null;
    } catch (error) {
      if (!looking.signal.aborted) this.#fail(error);
    }
  }

  /** Writes the chosen file and hands it to the person. */
  async save({ run, progress }: RunSummary): Promise<void> {
    const format = FORMATS.find(({ id }) => id === this.format);
    const name = format?.file ?? backupFile(run);
    const total = format
      ? run.seedSet.count + progress.kept
      : run.seedSet.count + progress.kept + candidatesOf(progress) + callsOf(progress);
    await this.#work(async (signal) => {
      const tell = this.#teller(`Writing ${name}`, 'rows', total);
      const pieces = format ? this.#formatPieces(format, run, tell) : await this.#backupPieces(run, tell);
      const blob = await collect(pieces, format?.type ?? 'application/jsonl', signal);
      signal.throwIfAborted();
      this.services.saveFile(name, blob);
      this.saved = { name, bytes: blob.size };
    });
  }

  /** Checks a backup and stores its run under a new number; null when that was not possible. */
  async bringBack(file: File): Promise<RunRecord | null> {
    let record: RunRecord | null = null;
    await this.#work(async (signal) => {
      const checking = this.#teller(`Checking ${file.name}`, 'bytes', file.size);
      const { summary, counts } = await checkBackup(file, signal, checking);
      const all = counts.tasks + counts.candidates + counts.calls;
      const storing = this.#teller(`Storing run ${summary.run.number}`, 'rows', all);
      record = await this.services.store.importRun(summary, backupRows(file, signal), signal, storing);
      this.broughtBack = { run: record, counts };
    });
    return record;
  }
  cancel(): void {
    this.#working?.abort();
  }

  #formatPieces(format: Format, run: RunRecord, tell: (done: number) => void): AsyncIterable<string> {
    const pages = counted(this.services.store.scanTasks(run.id), tell);
    return writeFormat(format, pages, { withSeeds: this.withSeeds, seed: run.config.seed });
  }
  async #backupPieces(run: RunRecord, tell: (done: number) => void): Promise<AsyncIterable<string>> {
    // The run as it stands in the store now: one that is being worked on has moved on since the screen was drawn.
    const now = await this.services.store.run(run.id);
    return writeBackup(
      now ?? { run, progress: await this.services.store.progress(run.id) },
      this.services.store,
      tell,
    );
  }

  async #previewRows(format: Format, { run, progress }: RunSummary): Promise<Preview> {
    const { frame } = format;
    const pages = this.services.store.scanTasks(run.id);
    const options = { withSeeds: this.withSeeds, seed: run.config.seed };
    const sample: string[] = [];
    let exact = true;
    for await (const entries of entriesOf(format, pages, options)) {
      sample.push(...entries.slice(0, SAMPLE - sample.length + 1));
      exact = sample.length <= SAMPLE;
      if (!exact) break;
    }
    const seedRows = this.withSeeds && !exact ? await this.#seedEntries(format, run) : 0;
    const rows = exact ? sample.length : Math.max(sample.length, seedRows + machineRows(format, progress));
    const whole = exact && sample.length <= SHOWN;
    const text = `${frame.open}${sample.slice(0, SHOWN).join(frame.between)}${whole ? frame.close : ''}`;
    const bytes = byteLength(frame.open + sample.join(frame.between) + frame.close);
    return { ...clipped(text, whole), rows, bytes: exact ? bytes : (bytes * rows) / sample.length, exact };
  }
  /** Entries of the seeds in a file: they come first, so reading ends with the first machine task. */
  async #seedEntries(format: Format, run: RunRecord): Promise<number> {
    let found = 0;
    for await (const page of this.services.store.scanTasks(run.id)) {
      const seeds = page.filter(({ origin }) => origin === 'seed');
      found += countEntries(format, seeds, { withSeeds: true, seed: run.config.seed });
      if (seeds.length < page.length) break;
    }
    return found;
  }
  /** A first page of each kind of row shows the size of the rest. */
  async #previewBackup(summary: RunSummary): Promise<Preview> {
    const { store } = this.services;
    const { run, progress } = summary;
    const first: RunSummary = { run, progress };
    const pages = {
      scanTasks: () => onePage(store.scanTasks(run.id)),
      scanCandidates: () => onePage(store.scanCandidates(run.id)),
      scanCalls: () => onePage(store.scanCalls(run.id)),
    };
    const pieces: string[] = [];
    for await (const piece of writeBackup(first, pages)) pieces.push(piece);
    const [header = '', tasks = '', candidates = '', calls = ''] = pieces;
    const size = (piece: string, all: number): number => {
      const rows = piece.split('\n').length - 1;
      return rows === 0 ? 0 : (byteLength(piece) / rows) * Math.max(rows, all);
    };
    const kept = run.seedSet.count + progress.kept;
    const bytes =
      byteLength(header) +
      size(tasks, kept) +
      size(candidates, candidatesOf(progress)) +
      size(calls, callsOf(progress));
    const rows = kept + candidatesOf(progress) + callsOf(progress);
    const lines = pieces.join('').split('\n').slice(0, SHOWN);
    return { ...clipped(`${lines.join('\n')}\n`, false), rows, bytes, exact: false };
  }

  async #work(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#working) return;
    const working = new AbortController();
    this.#working = working;
    this.saved = null;
    this.broughtBack = null;
    try {
      await work(working.signal);
      this.failure = null;
    } catch (error) {
      if (!working.signal.aborted) this.#fail(error);
    }
    this.#working = null;
    this.work = null;
  }
  #teller(label: string, unit: Work['unit'], total: number): (done: number) => void {
    return teller(label, unit, total, (work) => (this.work = work));
  }
  #fail(error: unknown): void {
    this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
  }
}

const callsOf = ({ stages }: RunProgress): number =>
  stages.instructions.calls + stages.classification.calls + stages.instances.calls;
const candidatesOf = ({ kept, rejected }: RunProgress): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, kept);

/** Rows of the machine's tasks in a file, from the run's counters. */
function machineRows({ unit }: Format, progress: RunProgress): number {
  switch (unit) {
    case 'rows':
      return progress.instances;
    case 'tasks':
      return progress.completed;
    case 'machine instructions':
      return progress.kept;
  }
}
const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function clipped(text: string, whole: boolean): Pick<Preview, 'text' | 'whole'> {
  if (text.length <= MAX_SHOWN_CHARACTERS) return { text, whole };
  return { text: text.slice(0, MAX_SHOWN_CHARACTERS), whole: false };
}
async function* counted(
  pages: AsyncIterable<readonly Task[]>,
  tell: (done: number) => void,
): AsyncGenerator<readonly Task[]> {
  let done = 0;
  for await (const page of pages) {
    yield page;
    done += page.length;
    tell(done);
  }
}
async function* onePage<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const page of pages) {
    yield page;
    return;
  }
}
export const [getExportView, setExportView] = createContext<ExportView>();
