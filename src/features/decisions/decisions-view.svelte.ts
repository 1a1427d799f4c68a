/** What the Decisions screen shows of the open run: every candidate, another threshold, and the presets compared. */
import {
  type DecisionRow,
  decisionRows,
  Previewer,
  type ThresholdPreview,
  tallyOf,
  type VerdictCounts,
} from '../../core/decisions/preview';
import { type ReplayPage, type ReplayReport, storedAnswer } from '../../core/decisions/replay';
import { callId, isSeedId } from '../../core/ids';
import { rejectedOf } from '../../core/pipeline/progress';
import type { RunSummary } from '../../core/ports';
import type { ModelCall, PresetName, RunProgress, RunRecord } from '../../core/run';
import { WhatIf } from '../../core/similarity/what-if';
import type { PoolSeed, RunId, TaskId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import type { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { type DecisionTab, WORDS } from './words';
import { Job, type JobWork } from '../../app/job.svelte';

/** The lowest threshold of the slider; a run with a lower one can be moved down to it. */
const LOWEST = 0.3;
/** Below this nearly all pairs of texts would have to be kept. */
const FLOOR = 0.05;
const PAGE = 1_000;
const REST_MS = 150;

/** A pool member beside a candidate. */
export interface NearestTask {
  readonly id: TaskId;
  readonly origin: 'seed' | 'machine';
  /** Null when it is not stored any more. */
  readonly text: string | null;
  readonly rougeL: number;
}

export class DecisionsView {
  run = $state.raw<RunRecord | null>(null);
  progress = $state.raw<RunProgress | null>(null);
  /** The step that is under way. */
  readonly job = new Job();
  rows = $state.raw<readonly DecisionRow[]>([]);
  tally = $state.raw<VerdictCounts | null>(null);
  /** The value of the slider; the preview follows with the next frame. */
  threshold = $state(0.7);
  preview = $state.raw<ThresholdPreview | null>(null);
  /** The preview once the slider rests: what is only heard follows then, and moving stays light. */
  settled = $state.raw<ThresholdPreview | null>(null);
  /** Whether another threshold can be previewed: the candidates are compared with each other. */
  compared = $state(false);
  /** Stored verdicts that the re-filter at the run's own threshold does not give. */
  unexplained = $state(0);
  report = $state.raw<ReplayReport | null>(null);
  /** A step was cancelled: it can be resumed. */
  stopped = $state(false);
  /** Candidates written since the rows were read. */
  newer = $state(0);
  tab = $state<DecisionTab>('all');
  /** Counts changes of the list that the user asked for. */
  asked = $state(0);
  opened = $state.raw<{ readonly row: DecisionRow; readonly call: ModelCall | null } | null>(null);
  #seeds: readonly PoolSeed[] = [];
  // Not reactive: they change together with `rows`.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #texts = new Map<TaskId, string>();
  #previewer: Previewer | null = null;
  #whatIf: WhatIf | null = null;
  #frame = 0;
  #rest = 0;

  readonly #services: Services;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
    services.store.watch((change) => {
      if (change.runId !== this.run?.id) return;
      if (change.kind === 'run-deleted') this.#forget();
      if (change.kind === 'rows') this.newer += change.candidates.length;
    });
  }

  get lowest(): number {
    return Math.max(FLOOR, Math.min(LOWEST, this.storedThreshold));
  }
  get storedThreshold(): number {
    return this.run?.config.rougeThreshold ?? 0.7;
  }
  get edge(): RunRecord['config']['switches']['similarityEdge'] {
    return this.run?.config.switches.similarityEdge ?? 'above';
  }
  get preset(): PresetName {
    return this.run?.config.preset ?? 'ours';
  }
  get decided(): number {
    return this.#previewer?.decided.length ?? 0;
  }

  /** Reads the run's candidates, unless they are here; then compares them and parses the completions again. */
  async show(id: RunId): Promise<void> {
    if (this.run?.id === id && !this.job.failure && this.newer === 0) return;
    await this.read(id);
  }
  async read(id: RunId): Promise<void> {
    this.#forget();
    await this.#step(async (signal, report) => {
      const summary = await this.#services.store.run(id);
      signal.throwIfAborted();
      if (!summary) return;
      this.progress = summary.progress;
      this.run = summary.run;
      this.threshold = summary.run.config.rougeThreshold;
      await this.#readRows(summary, signal, report);
      await this.#prepare(signal, report);
    });
  }
  /** Continues what was cancelled. */
  async resume(): Promise<void> {
    await this.#step((signal, report) => this.#prepare(signal, report));
  }
  cancel(): void {
    this.job.cancel();
    this.stopped = true;
  }

  /** Many moves within one frame are one change of the preview. */
  moveTo(threshold: number): void {
    this.threshold = Math.min(1, Math.max(this.lowest, threshold));
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#refilter();
    });
  }
  showTab(tab: DecisionTab): void {
    this.tab = tab;
    this.asked++;
  }

  /** The rows of the list that is shown, at the threshold of the preview. */
  readonly listed = $derived.by((): readonly DecisionRow[] => {
    const { rows, preview, tab } = this;
    if (!preview || tab === 'all') return rows;
    if (tab === 'newly-kept') return preview.newlyKept;
    if (tab === 'newly-rejected') return preview.newlyRejected;
    if (tab === 'other') return rows.filter(({ place }) => place < 0);
    const flag = tab === 'kept' ? 1 : 0;
    return rows.filter(({ place }) => place >= 0 && preview.flags[place] === flag);
  });

  /** The task beside a row: what rejects it at the threshold of the preview, else what was nearest in the run. */
  neighbourOf(row: DecisionRow): NearestTask | null {
    const moved = this.preview !== null && this.preview.threshold !== this.storedThreshold;
    const rejecter = moved && row.place >= 0 ? this.#whatIf?.rejecter(row.place) : null;
    if (rejecter) {
      const { kind, position, score: rougeL } = rejecter;
      if (kind === 'candidate') {
        const other = this.#previewer?.decided[position];
        return other ? { id: other.id, origin: 'machine', text: other.text, rougeL } : null;
      }
      const seed = this.#seeds[position];
      return seed ? { id: seed.id, origin: 'seed', text: seed.instruction, rougeL } : null;
    }
    if (!row.nearest) return null;
    const { id, rougeL } = row.nearest;
    const text = this.#texts.get(id) ?? null;
    return { id, origin: isSeedId(id) ? 'seed' : 'machine', text, rougeL };
  }

  async open(row: DecisionRow): Promise<void> {
    this.opened = { row, call: null };
    await this.job.attempt(async () => {
      const call = await this.#services.store.call(callId(row.runId, 'instructions', row.requestIndex));
      if (this.opened?.row.id === row.id) this.opened = { row, call: call ?? null };
    });
  }
  close(): void {
    this.opened = null;
  }

  async #step(work: JobWork<void>): Promise<void> {
    this.stopped = false;
    await this.job.replace(work);
  }

  async #readRows(
    { run, progress }: RunSummary,
    ...[signal, report]: Parameters<JobWork<void>>
  ): Promise<void> {
    const { store } = this.#services;
    const seeds: PoolSeed[] = [];
    seeds: for await (const page of store.scanTasks(run.id)) {
      signal.throwIfAborted();
      for (const task of page) {
        // Seeds come first.
        if (task.origin !== 'seed') break seeds;
        seeds.push(task);
      }
    }
    const total = progress.kept + rejectedOf(progress);
    const pacer = new Pacer(signal);
    // Page by page, so that no step is long with 50,000 candidates.
    const rows: DecisionRow[] = [];
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    const texts = new Map<TaskId, string>();
    for (const { id, instruction } of seeds) texts.set(id, instruction);
    let place = 0;
    for await (const page of store.scanCandidates(run.id)) {
      signal.throwIfAborted();
      for (const row of decisionRows(page, place)) {
        rows.push(row);
        texts.set(row.id, row.text);
        if (row.place >= 0) place = row.place + 1;
      }
      report({ label: WORDS.progress.candidates, unit: 'rows', done: rows.length, total });
    }
    this.#texts = texts;
    this.#seeds = seeds;
    this.#previewer = new Previewer(rows);
    await pacer.pause();
    const tally = tallyOf(rows);
    const preview = this.#previewer.stored(run.config.rougeThreshold);
    // The browser draws first.
    await pacer.pause();
    this.rows = rows;
    this.tally = tally;
    this.preview = preview;
    this.settled = preview;
    this.newer = 0;
  }

  async #prepare(...[signal, report]: Parameters<JobWork<void>>): Promise<void> {
    if (!this.#whatIf && this.decided > 0) await this.#compare(signal, report);
    if (!this.report && this.rows.length > 0) await this.#replay(signal, report);
  }

  async #compare(...[signal, report]: Parameters<JobWork<void>>): Promise<void> {
    const { run } = this;
    const previewer = this.#previewer;
    if (!run || !previewer) return;
    const pacer = new Pacer(signal);
    // The list is drawn first.
    await pacer.pause();
    const candidates = previewer.decided.map(({ text }) => text);
    const step = {
      label: WORDS.progress.comparing,
      unit: 'rows',
      total: candidates.length,
    } as const;
    const graph = await this.#services.decisions.whatIf(
      {
        mode: run.config.switches.similarityTokens,
        seeds: this.#seeds.map(({ instruction }) => instruction),
        candidates,
        floor: this.lowest,
      },
      signal,
      (done) => report({ ...step, done }),
    );
    // With 50,000 candidates the steps together would block the page.
    await pacer.pause();
    this.#whatIf = new WhatIf(graph);
    await pacer.pause();
    const { edge } = this;
    const { newlyKept, newlyRejected } = previewer.at(
      this.storedThreshold,
      this.#whatIf.refilter(Math.max(graph.floor, this.storedThreshold), edge).flags,
    );
    this.unexplained = newlyKept.length + newlyRejected.length;
    this.compared = true;
  }

  async #replay(...[signal, report]: Parameters<JobWork<void>>): Promise<void> {
    const { run, progress } = this;
    if (!run || !progress) return;
    const calls = Object.values(progress.stages).reduce((sum, stage) => sum + stage.calls, 0);
    const reading = { label: WORDS.progress.completions, unit: 'rows', total: calls } as const;
    const replayed = await this.#services.decisions.replay(
      {
        runId: run.id,
        config: run.config,
        rounds: progress.rounds,
        seeds: this.#seeds.map(({ id, instruction }) => ({ id, instruction })),
      },
      this.#replayPages(run.id, (done) => report({ ...reading, done })),
      signal,
      (done, total) => report({ label: WORDS.progress.switches, unit: 'rows', done, total }),
    );
    signal.throwIfAborted();
    this.report = replayed;
  }
  async *#replayPages(id: RunId, report: (done: number) => void): AsyncGenerator<ReplayPage> {
    for (let i = 0; i < this.rows.length; i += PAGE) yield { candidates: this.rows.slice(i, i + PAGE) };
    let done = 0;
    for await (const page of this.#services.store.scanCalls(id)) {
      yield { answers: page.map(storedAnswer) };
      done += page.length;
      report(done);
    }
  }

  #refilter(): void {
    if (!this.#whatIf || !this.#previewer) return;
    const { threshold } = this;
    // Back at its own threshold the run is shown as it is stored.
    this.preview =
      threshold === this.storedThreshold
        ? this.#previewer.stored(threshold)
        : this.#previewer.at(threshold, this.#whatIf.refilter(threshold, this.edge).flags);
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => (this.settled = this.preview), REST_MS);
  }

  #forget(): void {
    this.job.cancel();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    window.clearTimeout(this.#rest);
    this.progress = null;
    this.#previewer = null;
    this.#whatIf = null;
    this.#seeds = [];
    this.#texts.clear();
    this.run = null;
    this.job.failure = null;
    this.rows = [];
    this.tally = null;
    this.preview = null;
    this.settled = null;
    this.compared = false;
    this.unexplained = 0;
    this.report = null;
    this.stopped = false;
    this.newer = 0;
    this.opened = null;
    this.tab = 'all';
  }
}
