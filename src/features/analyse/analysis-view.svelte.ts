/** What the Analyse screen shows of the open run. The tasks are sent to a worker once, then whatever changes in them. */
import type { JudgedCandidate } from '../../core/analysis/kept-per-request';
import { analysedTask, type Figures, type PairQuery, type PairTasks } from '../../core/analysis/run-analysis';
import type { Progress, StoreChange } from '../../core/ports';
import { rejectedOf } from '../../core/pipeline/progress';
import type { RunRecord } from '../../core/run';
import type { Candidate, RunId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import type { SavableChart } from '../../ui/charts/screen-charts';
import type { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';
import { WORDS } from './words';

/** How often the figures follow a run, or work that is still waiting. */
const FOLLOW_MS = 500;
/** Rows that are handed to the worker at once: more would hold the page up. */
const CHUNK = 200;
/** Tasks of one part of the sunburst that are listed at first, and at each "more". */
const LISTED = 100;

export interface OpenPart {
  readonly query: PairQuery;
  readonly found: PairTasks;
}

export class AnalysisView {
  run = $state.raw<RunRecord | null>(null);
  figures = $state.raw<Figures | null>(null);
  /** Whether the figures count all that is stored of the run, tagged and compared. */
  settled = $state(false);
  /** Reads the rows. */
  readonly job = new Job();
  /** The worker's tagging of what was read. */
  tagging = $state.raw<(Progress & { readonly total: number }) | null>(null);
  part = $state.raw<OpenPart | null>(null);
  #onScreen = false;
  #stale = false;
  #asking = false;
  #following: number | null = null;

  readonly #services: Services;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
    services.store.watch((change) => void this.job.attempt(() => this.#take(change)));
  }

  /** The screen is shown. Returns what to do when it is left. */
  enter(): () => void {
    this.#onScreen = true;
    this.#follow();
    return () => {
      this.#onScreen = false;
      this.part = null;
    };
  }

  /** Reads the run's rows, unless they are here already and another tab has not changed their number. */
  async show(id: RunId): Promise<void> {
    const summary = await this.job.attempt(() => this.#services.store.run(id));
    if (!summary) return;
    const { run, progress } = summary;
    const known = this.run?.id === id && !this.job.failure;
    this.run = run;
    if (known && (this.job.running || (await this.#isCurrent(id)))) return;
    await this.#load(run, run.seedSet.count + progress.kept, progress.kept + rejectedOf(progress));
  }
  /** Whether the worker holds as many tasks as the store. A run that goes on may come in between once, hardly twice. */
  async #isCurrent(id: RunId): Promise<boolean> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const figures = await this.job.attempt(() => this.#services.analysis.figures());
      const summary = await this.job.attempt(() => this.#services.store.run(id));
      if (figures && figures.machines === summary?.progress.kept) return true;
    }
    return false;
  }
  async retry(): Promise<void> {
    const { run } = this;
    this.job.failure = null;
    this.run = null;
    if (run) await this.show(run.id);
  }

  async openPart(query: PairQuery, limit = LISTED): Promise<void> {
    const found = await this.job.attempt(() => this.#services.analysis.tasksOf(query, limit));
    if (found) this.part = { query, found };
  }
  async listMore(): Promise<void> {
    if (this.part) await this.openPart(this.part.query, this.part.found.tasks.length + LISTED);
  }
  closePart(): void {
    this.part = null;
  }

  saveFile(name: string, content: Blob): void {
    this.#services.saveFile(name, content);
  }
  /** All charts of the screen in one archive. */
  async saveAll(figures: readonly SavableChart[]): Promise<void> {
    const { run } = this;
    if (!run) return;
    const archive = await this.job.attempt(async () => {
      const { figuresFile } = await import('../../shared/figures/figures-file');
      return figuresFile(figures, this.#services.now());
    });
    if (archive) this.#services.saveFile(`run-${run.number}-figures.zip`, archive);
  }

  async #load(run: RunRecord, tasks: number, candidates: number): Promise<void> {
    const { analysis, store } = this.#services;
    this.#forget();
    const total = tasks + candidates;
    const read = await this.job.replace(async (signal, report) => {
      const tell = (done: number): void => report({ label: WORDS.screen.reading, unit: 'rows', done, total });
      await analysis.begin(run.config.switches.similarityTokens);
      let done = 0;
      for await (const page of store.scanTasks(run.id)) {
        await inChunks(page, (chunk) => analysis.put(chunk.map(analysedTask)));
        signal.throwIfAborted();
        tell((done += page.length));
        this.#stale = true;
        this.#follow();
      }
      for await (const page of store.scanCandidates(run.id)) {
        await inChunks(page, (chunk) => analysis.verdicts(chunk.map(verdictOf)));
        signal.throwIfAborted();
        tell((done += page.length));
      }
      return true;
    });
    if (!read && !this.job.failure) return;
    this.#stale = read === true;
    this.#follow();
  }

  async #take(change: StoreChange): Promise<void> {
    if (!this.run || change.runId !== this.run.id || this.job.failure) return;
    if (change.kind === 'run-deleted') {
      this.run = null;
      this.#forget();
    }
    if (change.kind !== 'rows') return;
    const { analysis } = this.#services;
    await analysis.put(change.tasks.map(analysedTask));
    await analysis.remove(change.removed);
    await analysis.verdicts(change.candidates.map(verdictOf));
    this.#stale = true;
    this.settled = false;
    this.#follow();
  }

  /** Asks for the figures now and then, as long as they change and somebody looks. */
  #follow(): void {
    if (!this.#onScreen || this.#asking || this.#following !== null || !this.#stale) return;
    this.#asking = true;
    this.#stale = false;
    void this.job
      .attempt(() => this.#services.analysis.figures())
      .then((figures) => {
        this.#asking = false;
        if (!figures) return;
        this.figures = figures;
        this.#tellTagging(figures);
        const { compare, tag } = figures.waiting;
        if (tag > 0) this.#stale = true;
        this.settled = !this.job.running && !this.#stale && compare === 0;
        this.#following = window.setTimeout(() => {
          this.#following = null;
          this.#follow();
        }, FOLLOW_MS);
      });
  }
  /** Counts from what waited when reading was done: what was tagged meanwhile would make the rate too good. */
  #tellTagging({ waiting }: Figures): void {
    if (this.job.running) return;
    const total = this.tagging?.total ?? waiting.tag;
    const done = Math.max(0, total - waiting.tag);
    const since = this.tagging?.since ?? performance.now();
    const label = WORDS.screen.tagging;
    this.tagging = waiting.tag === 0 ? null : { label, unit: 'rows', done, total, since };
  }

  #forget(): void {
    this.figures = null;
    this.settled = false;
    this.job.cancel();
    this.job.failure = null;
    this.part = null;
    this.tagging = null;
  }
}

/** The page gets its turn before each chunk. */
async function inChunks<T>(rows: readonly T[], send: (chunk: readonly T[]) => Promise<void>): Promise<void> {
  const pacer = new Pacer();
  for (let from = 0; from < rows.length; from += CHUNK) {
    await pacer.pause();
    await send(rows.slice(from, from + CHUNK));
  }
}

const verdictOf = ({ id, requestIndex, verdict }: Candidate): JudgedCandidate => ({
  id,
  requestIndex,
  kept: verdict === 'kept',
});
