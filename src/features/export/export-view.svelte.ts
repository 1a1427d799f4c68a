/** What the Export screen shows of the open run: the chosen format, its first rows and checks, and the file being written. */
import { AppError, type Failure } from '../../core/errors';
import type { RunSummary } from '../../core/ports';
import { rejectedTasks } from '../../core/review/rejected';
import type { RunRecord } from '../../core/run';
import type { Task } from '../../core/task';
import { writeBackup } from '../../export/backup';
import type { CheckResult } from '../../export/checks';
import { collect } from '../../io/collect';
import { type DataFormat, type DataFormatId, dataFormat, writeData } from '../../export/data-formats';
import { type ExportOptions, FORMATS } from '../../export/formats';
import {
  backupSize,
  type Preview,
  previewBackup,
  previewFormat,
  previewParquet,
  recounted,
} from '../../export/preview';
import { ImportView } from './import-view.svelte';
import { PassportView } from './passport-view.svelte';
import type { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';

export type ExportFormatId = DataFormatId | 'backup' | 'passport';

export interface ChosenFile {
  readonly file: string;
  /** What one row of the file is. */
  readonly unit: string;
  /** Whether seeds can be part of it. */
  readonly seeds: 'choice' | 'never' | 'always';
}

const backupFile = (run: RunRecord): string => `run-${run.number}-backup.jsonl`;
const passportFile = (run: RunRecord): string => `run-${run.number}-passport.zip`;

/** Checks of one file. */
export interface CheckGroup {
  readonly title: string;
  readonly results: readonly CheckResult[];
}

export interface FormatOption {
  readonly id: ExportFormatId;
  readonly title: string;
  readonly note: string;
  readonly ending: string;
}
const option = ({ id, title, note, file }: DataFormat): FormatOption => ({
  id,
  title,
  note,
  ending: file.slice(file.lastIndexOf('.')),
});
const optionsOf = (...ids: readonly DataFormatId[]): FormatOption[] =>
  ids.map((id) => option(dataFormat(id)));

/** The formats as people look for them. */
export const FORMAT_GROUPS: readonly { readonly name: string; readonly options: readonly FormatOption[] }[] =
  [
    {
      name: 'Everything in one file',
      options: [
        {
          id: 'passport',
          title: 'Data passport',
          note: 'data in several formats, train and validation, dataset card, settings for trainers, manifest',
          ending: '.zip',
        },
      ],
    },
    { name: 'For finetuning', options: optionsOf('alpaca', 'openai-chat', 'sharegpt', 'prompt-completion') },
    { name: 'As in the paper', options: optionsOf('machine-instructions', 'instances', 'seed-tasks') },
    { name: 'For reading and research', options: optionsOf('csv', 'parquet', 'dataset') },
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
  /** Tasks that were rejected in Review stay out of the file. */
  withoutRejected = $state(false);
  /** How many these are; null until the ratings were read. */
  rejected = $state.raw<number | null>(null);
  preview = $state.raw<Preview | null>(null);
  /** What trainers demand of the chosen file; null while it is being checked, and for backups. */
  checks = $state.raw<readonly CheckResult[] | null>(null);
  saved = $state.raw<{ readonly name: string; readonly bytes: number } | null>(null);
  readonly passport: PassportView;
  readonly imports: ImportView;
  readonly saving = new Job();
  readonly #looking = new Job();

  readonly #services: Services;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
    this.passport = new PassportView(services);
    this.imports = new ImportView(services);
  }

  get failure(): Failure | null {
    return this.saving.failure ?? this.#looking.failure;
  }

  /** The chosen file's name, and what its rows are. */
  chosen(run: RunRecord | null): ChosenFile {
    const { format } = this;
    if (format === 'backup') {
      return { file: run ? backupFile(run) : 'backup.jsonl', unit: 'rows', seeds: 'always' };
    }
    if (format === 'passport') {
      return { file: run ? passportFile(run) : 'passport.zip', unit: 'rows', seeds: 'choice' };
    }
    const { file, unit } = dataFormat(format);
    return { file, unit, seeds: unit === 'machine instructions' ? 'never' : 'choice' };
  }

  /** The first rows of the chosen file and its size. A newer look ends an older one. */
  async look(summary: RunSummary): Promise<void> {
    this.checks = null;
    await this.#looking.replace(async (signal) => {
      if (this.format === 'passport') {
        const { withSeeds, withoutRejected } = this;
        await this.passport.plan(summary, { withSeeds, withoutRejected }, signal);
        signal.throwIfAborted();
        this.rejected = this.passport.planned?.rejected.size ?? null;
        this.saving.failure = null;
        return;
      }
      const options = await this.#options(summary.run, (rejected) => {
        if (!signal.aborted) this.rejected = rejected;
      });
      const preview = await this.#preview(summary, options);
      signal.throwIfAborted();
      this.preview = preview;
      this.saving.failure = null;
      await this.#check(summary, options, signal);
    });
  }

  /** Writes the chosen file and hands it to the person. */
  async save(summary: RunSummary): Promise<void> {
    const { run, progress } = summary;
    const { format } = this;
    const name = this.chosen(run).file;
    if (this.imports.job.running) return;
    await this.saving.run(async (signal, report) => {
      this.saved = null;
      const total = format === 'backup' ? backupSize(summary) : run.seedSet.count + progress.kept;
      const tell = (done: number): void => report({ label: `Writing ${name}`, unit: 'rows', done, total });
      const blob =
        format === 'passport'
          ? await this.passport.write(signal, report)
          : format === 'backup'
            ? await collect(await this.#backupPieces(run, tell), 'application/jsonl', signal)
            : await collect(await this.#dataPieces(format, run, tell), dataFormat(format).type, signal);
      signal.throwIfAborted();
      this.#services.saveFile(name, blob);
      this.saved = { name, bytes: blob.size };
    });
  }
  dismissSaved(): void {
    this.saved = null;
  }

  #preview(summary: RunSummary, options: ExportOptions): Promise<Preview> {
    const { store } = this.#services;
    const format = FORMATS.find(({ id }) => id === this.format);
    if (format) return previewFormat(format, store, summary, options);
    if (this.format === 'parquet') return previewParquet(store, summary, options);
    return previewBackup(store, summary);
  }
  async #check({ run }: RunSummary, options: ExportOptions, signal: AbortSignal): Promise<void> {
    const { format } = this;
    if (format === 'backup' || format === 'passport') return;
    const { checkFormat } = await import('../../export/checks');
    const pages = this.#services.store.scanTasks(run.id);
    const { results, entries } = await checkFormat(format, pages, options, signal);
    if (signal.aborted) return;
    this.checks = results;
    this.preview &&= recounted(this.preview, entries);
  }
  /** What goes into the file, by the ratings as they stand now. */
  async #options(run: RunRecord, tell: (rejected: number) => void = () => undefined): Promise<ExportOptions> {
    const { withSeeds, withoutRejected } = this;
    const rejected = await rejectedTasks(this.#services.store.scanRatings(run.id));
    tell(rejected.size);
    const options = { withSeeds, seed: run.config.seed, typed: run.imported?.typed ?? true };
    return withoutRejected ? { ...options, keeps: ({ id }) => !rejected.has(id) } : options;
  }
  async #dataPieces(
    format: DataFormatId,
    run: RunRecord,
    tell: (done: number) => void,
  ): Promise<AsyncIterable<string | Uint8Array<ArrayBuffer>>> {
    const pages = counted(this.#services.store.scanTasks(run.id), tell);
    return writeData(format, pages, await this.#options(run));
  }
  async #backupPieces(run: RunRecord, tell: (done: number) => void): Promise<AsyncIterable<string>> {
    // The run as it stands in the store now: one that is being worked on has moved on since the screen was drawn.
    const now = await this.#services.store.run(run.id);
    if (!now) {
      const detail = `run ${run.number} is no longer stored on this device`;
      throw new AppError({ kind: 'storage-unavailable', detail });
    }
    return writeBackup(now, this.#services.store, tell);
  }
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
