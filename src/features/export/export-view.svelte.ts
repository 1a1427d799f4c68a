/** What the Export screen shows of the open run: the chosen format, its first rows and checks, and the file that is written. */
import { AppError, type Failure } from '../../core/errors';
import type { RunSummary } from '../../core/ports';
import { rejectedTasks } from '../../core/review/rejected';
import type { RunRecord } from '../../core/run';
import { type NamedFilter, taskMatcher } from '../../core/pool-filter';
import type { Task, TaskId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import { writeBackup } from '../../export/backup';
import type { CheckResult } from '../../export/checks';
import { collect } from '../../io/collect';
import { type DataFormat, type DataFormatId, dataFormat, writeData } from '../../export/data-formats';
import { type ExportOptions, FORMATS, runOptions } from '../../export/formats';
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
import type { Classroom } from '../../app/classroom/classroom.svelte';
import type { Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';
import { NamedFilters } from '../../shared/filters/named-filters.svelte';
import { WORDS } from './words';

export type ExportFormatId = DataFormatId | 'backup' | 'passport';

/** The file of the chosen format. */
export interface ChosenFile {
  readonly file: string;
  /** What one row of the file is. */
  readonly unit: DataFormat['unit'];
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

/** One format on the screen, as `OptionCards` shows it. */
interface FormatOption {
  readonly value: ExportFormatId;
  readonly title: string;
  readonly note: string;
  /** The ending of the file. */
  readonly suffix: string;
}
const optionsOf = (...ids: readonly DataFormatId[]): FormatOption[] =>
  ids.map((id) => {
    const { title, note, file } = dataFormat(id);
    return { value: id, title, note, suffix: file.slice(file.lastIndexOf('.')) };
  });
const words = WORDS.formats;

/** The formats by what they are for. */
export const FORMAT_GROUPS: readonly { readonly label: string; readonly options: readonly FormatOption[] }[] =
  [
    { label: words.everything, options: [{ value: 'passport', ...words.passport, suffix: '.zip' }] },
    { label: words.finetuning, options: optionsOf('alpaca', 'openai-chat', 'sharegpt', 'prompt-completion') },
    { label: words.paper, options: optionsOf('machine-instructions', 'instances', 'seed-tasks') },
    { label: words.research, options: optionsOf('csv', 'parquet', 'dataset') },
    { label: words.restoring, options: [{ value: 'backup', ...words.backup, suffix: '.jsonl' }] },
  ];

/** State of the Export screen. */
export class ExportView {
  format = $state<ExportFormatId>('alpaca');
  withSeeds = $state(false);
  /** Name of the filter that chooses the tasks of the file; null for all. */
  filterName = $state<string | null>(null);
  /** Of CSV. */
  byteOrderMark = $state(false);
  /** Tasks that were rejected in Review stay out of the file. */
  withoutRejected = $state(false);
  /** How many these are; null until the ratings were read. */
  rejected = $state.raw<number | null>(null);
  /** Tasks with words for a classroom go into the file only when this is said. */
  withNamed = $state(false);
  /** How many these are; null where the words are not asked for, and until the tasks were read. */
  named = $state.raw<number | null>(null);
  /** The file has tasks that are hidden: the user is asked before it is written. */
  asking = $state(false);
  preview = $state.raw<Preview | null>(null);
  /** What trainers require of the chosen file; null while it is being checked, and for backups. */
  checks = $state.raw<readonly CheckResult[] | null>(null);
  saved = $state.raw<{ readonly name: string; readonly bytes: number; readonly named: string } | null>(null);
  readonly passport: PassportView;
  readonly imports: ImportView;
  readonly saving = new Job();
  readonly #updating = new Job();

  readonly #services: Services;

  readonly #classroom: Classroom;
  readonly #filters: NamedFilters;

  constructor(app: AppState) {
    const { services, classroom } = app;
    this.#services = services;
    this.#filters = app.lasting(NamedFilters);
    this.#classroom = classroom;
    this.passport = new PassportView(services);
    this.imports = new ImportView(services);
  }

  /** Only tasks that it lets through are in the file: as it is stored now, also when it was changed meanwhile. */
  get filter(): NamedFilter | null {
    return this.#filters.known(this.filterName);
  }
  get failure(): Failure | null {
    return this.saving.failure ?? this.#updating.failure;
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

  /** Reads the first rows of the chosen file and checks it. A newer call cancels an older one. */
  async update(summary: RunSummary): Promise<void> {
    this.checks = null;
    await this.#updating.replace(async (signal) => {
      if (this.format === 'passport') {
        const { withSeeds, withoutRejected, withNamed, filter } = this;
        const named = await this.#namedTasks(summary.run, signal);
        const rows = { withSeeds, withoutRejected, ...(filter && { filter }) };
        const choice = named ? { ...rows, named: { tasks: [...named], included: withNamed } } : rows;
        await this.passport.plan(summary, choice, signal);
        signal.throwIfAborted();
        this.rejected = this.passport.planned?.rejected.size ?? null;
        this.saving.failure = null;
        return;
      }
      const [options, rejected] = await this.#options(summary.run);
      signal.throwIfAborted();
      this.rejected = rejected;
      await this.#namedTasks(summary.run, signal);
      const preview = await this.#preview(summary, options);
      signal.throwIfAborted();
      this.preview = preview;
      this.saving.failure = null;
      await this.#check(summary, options, signal);
    });
  }

  /** Whether the file has the tasks with words for a classroom: a whole run always has them. */
  get hasNamed(): boolean {
    const whole = this.format === 'backup' || (this.format === 'passport' && this.passport.withBackup);
    return whole || this.withNamed;
  }

  /** Writes the chosen file and gives it to the user. @param asked whether hidden tasks in it were agreed to */
  async save(summary: RunSummary, asked = false): Promise<void> {
    if (this.imports.job.running) return;
    this.asking = !asked && (this.named ?? 0) > 0 && this.hasNamed;
    if (this.asking) return;
    const name = this.chosen(summary.run).file;
    await this.saving.run(async (signal, report) => {
      this.saved = null;
      const blob = await this.#write(summary, name, signal, report);
      signal.throwIfAborted();
      this.#services.saveFile(name, blob);
      const { named } = this;
      this.saved = { name, bytes: blob.size, named: named ? WORDS.rows.named(named, this.hasNamed) : '' };
    });
  }
  async #write(
    summary: RunSummary,
    name: string,
    ...[signal, report]: Parameters<JobWork<Blob>>
  ): Promise<Blob> {
    const { run, progress } = summary;
    const { format } = this;
    if (format === 'passport') return this.passport.write(signal, report);
    const label = WORDS.screen.writing(name);
    const total = format === 'backup' ? backupSize(summary) : run.seedSet.count + progress.kept;
    const onProgress = (done: number): void => report({ label, unit: 'rows', done, total });
    if (format === 'backup') {
      return collect(await this.#backupPieces(run, onProgress), 'application/jsonl', signal);
    }
    const [options] = await this.#options(run);
    const pages = withProgress(this.#services.store.scanTasks(run.id), onProgress);
    return collect(writeData(format, pages, options), dataFormat(format).type, signal);
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
  /** What goes into the file, by the ratings as they are now, and how many tasks they reject. */
  async #options(run: RunRecord): Promise<readonly [ExportOptions, number]> {
    const { withSeeds, withoutRejected, withNamed, filter } = this;
    const matches = taskMatcher(filter);
    const rejected = await rejectedTasks(this.#services.store.scanRatings(run.id));
    const left = (task: Task): boolean =>
      (withoutRejected && rejected.has(task.id)) ||
      (!withNamed && this.#classroom.names(task)) ||
      !matches(task);
    const options = { withSeeds, byteOrderMark: this.byteOrderMark, ...runOptions(run) };
    return [{ ...options, keeps: (task) => !left(task) }, rejected.size];
  }
  /** Counts the tasks with words for a classroom; null where these are not asked for. */
  async #namedTasks(run: RunRecord, signal: AbortSignal): Promise<ReadonlySet<TaskId> | null> {
    this.named = null;
    if (!this.#classroom.on) return null;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
    const found = new Set<TaskId>();
    const pacer = new Pacer();
    for await (const page of this.#services.store.scanTasks(run.id)) {
      for (const task of page) if (this.#classroom.names(task)) found.add(task.id);
      signal.throwIfAborted();
      await pacer.breathe();
    }
    this.named = found.size;
    return found;
  }
  async #backupPieces(run: RunRecord, onProgress: (done: number) => void): Promise<AsyncIterable<string>> {
    // The run as it is stored now: one in progress has changed since the screen was drawn.
    const now = await this.#services.store.run(run.id);
    if (!now) {
      throw new AppError({ kind: 'storage-unavailable', detail: WORDS.screen.runGone(run.number) });
    }
    return writeBackup(now, this.#services.store, onProgress);
  }
}

async function* withProgress(
  pages: AsyncIterable<readonly Task[]>,
  onProgress: (done: number) => void,
): AsyncGenerator<readonly Task[]> {
  let done = 0;
  for await (const page of pages) {
    yield page;
    done += page.length;
    onProgress(done);
  }
}
