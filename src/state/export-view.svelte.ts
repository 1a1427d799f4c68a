/** What the Export screen shows of the open run: the chosen format, its first rows, and the file being written or read. */
import { createContext } from 'svelte';
import { AppError, type Failure, failureOf } from '../core/errors';
import type { RunSummary } from '../core/ports';
import type { RunRecord } from '../core/run';
import type { Task } from '../core/task';
import { writeBackup } from '../export/backup';
import { collect } from '../export/collect';
import { FORMATS, type Format, type FormatId, writeFormat } from '../export/formats';
import { backupSize, type Preview, previewBackup, previewFormat } from '../export/preview';
import { type BackupCounts, backupRows, checkBackup } from '../export/read-backup';
import type { Services } from './services';
import { teller, type Work } from './work';

export type ExportFormatId = FormatId | 'backup';

export interface ChosenFile {
  readonly file: string;
  /** What one row of the file is. */
  readonly unit: string;
  /** Whether seeds can be part of it. */
  readonly seeds: 'choice' | 'never' | 'always';
}

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
  /** Why a backup was not brought back. */
  refusal = $state.raw<Failure | null>(null);
  /** Whether `work` is a backup being brought back. */
  importing = $state(false);
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
      const { store } = this.services;
      const preview = chosen
        ? await previewFormat(chosen, store, summary, this.withSeeds)
        : await previewBackup(store, summary);
      if (looking.signal.aborted) return;
      this.preview = preview;
      this.failure = null;
    } catch (error) {
      if (!looking.signal.aborted) this.failure = failure(error);
    }
  }

  /** Writes the chosen file and hands it to the person. */
  async save(summary: RunSummary): Promise<void> {
    const { run, progress } = summary;
    const format = FORMATS.find(({ id }) => id === this.format);
    const name = format?.file ?? backupFile(run);
    const total = format ? run.seedSet.count + progress.kept : backupSize(summary);
    await this.#work(
      async (signal) => {
        const tell = this.#teller(`Writing ${name}`, 'rows', total);
        const pieces = format ? this.#formatPieces(format, run, tell) : await this.#backupPieces(run, tell);
        const blob = await collect(pieces, format?.type ?? 'application/jsonl', signal);
        signal.throwIfAborted();
        this.services.saveFile(name, blob);
        this.saved = { name, bytes: blob.size };
      },
      (failed) => (this.failure = failed),
    );
  }

  /** Checks a backup and stores its run under a new number; null when that was not possible. */
  async bringBack(file: File): Promise<RunRecord | null> {
    if (this.work) return null;
    let record: RunRecord | null = null;
    this.refusal = null;
    this.importing = true;
    await this.#work(
      async (signal) => {
        const checking = this.#teller(`Checking ${file.name}`, 'bytes', file.size);
        const { summary, counts } = await checkBackup(file, signal, checking);
        const all = counts.tasks + counts.candidates + counts.calls;
        const storing = this.#teller(`Storing run ${summary.run.number}`, 'rows', all);
        record = await this.services.store.importRun(summary, backupRows(file, signal), signal, storing);
        this.broughtBack = { run: record, counts };
      },
      (failure) => (this.refusal = failure),
    );
    this.importing = false;
    return record;
  }
  dismissSaved(): void {
    this.saved = null;
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
    if (!now) {
      const detail = `run ${run.number} is no longer stored on this device`;
      throw new AppError({ kind: 'storage-unavailable', detail });
    }
    return writeBackup(now, this.services.store, tell);
  }

  async #work(
    work: (signal: AbortSignal) => Promise<void>,
    fail: (failure: Failure | null) => void,
  ): Promise<void> {
    if (this.#working) return;
    const working = new AbortController();
    this.#working = working;
    this.saved = null;
    this.broughtBack = null;
    try {
      await work(working.signal);
      fail(null);
    } catch (error) {
      if (!working.signal.aborted) fail(failure(error));
    }
    this.#working = null;
    this.work = null;
  }
  #teller(label: string, unit: Work['unit'], total: number): (done: number) => void {
    return teller(label, unit, total, (work) => (this.work = work));
  }
}

const failure = (error: unknown): Failure =>
  failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));

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
export const [getExportView, setExportView] = createContext<ExportView>();
