/** The run that is open in this tab: starts, pauses and resumes the pipeline and holds what screens show of it. */
import { SvelteMap } from 'svelte/reactivity';
import { AppError, type Failure, failureOf } from '../../core/errors';
import type { PipelineEvent } from '../../core/pipeline/events';
import type { PlanPlace } from '../../core/plan/plan';
import type { LanguageModel, Progress, RunSummary, RunWriter, StoreChange } from '../../core/ports';
import type { RunConfig, RunProgress, RunRecord } from '../../core/run';
import type { Candidate, RunId, SeedTask, Task, TaskId } from '../../core/task';
import { CallDisplay, type LiveCall } from './call-display.svelte';
import { RateMeter, type Rates } from './rate-meter.svelte';
import { RunWatch } from './run-watch';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import { StoppableWork } from '../stoppable-work';
import { asWriter } from '../writer-locks';

export type RunStatus =
  | 'none' // no run is open in this tab
  | 'loading' // model or pool is being prepared
  | 'running'
  | 'pausing' // requests in flight are being stopped
  | 'paused'
  | 'elsewhere' // another tab computes it; what is stored is shown as it comes
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

export interface RunRequest {
  /** As the host lists it. */
  readonly model: string;
  readonly config: RunConfig;
  readonly seedSet: RunRecord['seedSet'];
  readonly seeds: readonly SeedTask[];
  /** The stage of a plan that it is made for. */
  readonly planned?: PlanPlace;
}

const RECENT = 12;

export class RunSession {
  status = $state<RunStatus>('none');
  run = $state.raw<RunRecord | null>(null);
  progress = $state.raw<RunProgress | null>(null);
  loading = $state.raw<Progress | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Newest first. */
  recent = $state.raw<readonly Candidate[]>([]);
  /** Where the model computes; null before it is loaded. */
  device = $state.raw<string | null>(null);
  /** What its engine says of how it computes here, in plain words. */
  notes = $state.raw<readonly string[]>([]);
  readonly calls = new CallDisplay();
  readonly meter: RateMeter;
  /** When something of a run that another tab computes was stored last, by the clock of `Services`. */
  storedAt = $state(0);
  /** The pool as this tab knows it: all of it while the run is computed here, what came while it is only shown. */
  readonly #pool = new SvelteMap<TaskId, Task>();
  readonly #work = new StoppableWork();
  readonly #watch: RunWatch;

  constructor(private readonly services: Services) {
    this.meter = new RateMeter(() => services.elapsed());
    this.#watch = new RunWatch(
      services,
      () => (this.active ? null : (this.run?.id ?? null)),
      (change) => this.#take(change),
      (elsewhere) => this.#look(elsewhere),
    );
  }

  get rates(): Rates {
    return this.meter.rates;
  }
  get spotlight(): LiveCall | null {
    return this.calls.spotlight;
  }
  /** Whether a run is being computed or prepared. */
  get active(): boolean {
    return this.status === 'loading' || this.status === 'running' || this.status === 'pausing';
  }

  /** A pool member of this run, as far as this tab knows the pool. */
  taskOf(id: TaskId): Task | undefined {
    return this.#pool.get(id);
  }
  /** What this tab still holds of the run, for when the store cannot be read or written; null without a run. */
  inMemory(): (RunSummary & { readonly tasks: readonly Task[] }) | null {
    const { run, progress } = this;
    return run && progress && { run, progress, tasks: [...this.#pool.values()] };
  }

  /** Creates a run and works on it until it ends, is paused or fails. */
  async start({ model: modelId, config, seedSet, seeds, planned }: RunRequest): Promise<void> {
    if (this.active) return;
    const clickedAt = this.services.elapsed();
    this.run = null;
    this.progress = null;
    const { locks } = this.services;
    await this.#begin(null, async (signal) => {
      // A no is told once much is stored (app/saving).
      void this.services.requestPersistence().catch(() => false);
      const model = await this.#loadModel(modelId, signal);
      signal.throwIfAborted();
      const store = stoppable(this.services.store, signal);
      const run = await store.createRun({
        config,
        seedSet,
        seeds,
        model: { id: model.id, name: model.name, hash: model.hash },
        createdAt: this.services.now(),
        ...(planned && { planned }),
      });
      await asWriter(locks, 'run', run.id, async (lost) =>
        this.#compute(run, await store.claim(run.id), model, clickedAt, AbortSignal.any([signal, lost])),
      );
    });
  }

  /** Resumes a stored run where it stopped. */
  resume(runId: RunId): Promise<void> {
    return this.#resume(runId, {});
  }

  /** Resumes a run in the place of the tab that computes it: that one may be frozen, and stops when it wakes. */
  async takeOver(): Promise<void> {
    if (this.run) await this.#resume(this.run.id, { steal: true });
  }

  /** Nothing is changed before this tab is the run's only writer and has its model. */
  async #resume(
    runId: RunId,
    { target, steal }: { readonly target?: number; readonly steal?: boolean },
  ): Promise<void> {
    if (this.active) return;
    const clickedAt = this.services.elapsed();
    const { locks } = this.services;
    await this.#begin(runId, async (stopped) => {
      const summary = await stoppable(this.services.store, stopped).run(runId);
      if (!summary) throw new AppError({ kind: 'run-gone', runId, during: 'run' });
      this.run = summary.run;
      this.progress = summary.progress;
      const work = async (lost: AbortSignal): Promise<void> => {
        const signal = AbortSignal.any([stopped, lost]);
        const store = stoppable(this.services.store, signal);
        const model = await this.#loadModelOf(summary.run, signal);
        signal.throwIfAborted();
        const writer = await store.claim(runId);
        const current =
          target === undefined ? await store.run(runId) : await stoppable(writer, signal).setTarget(target);
        await this.#compute(current?.run ?? summary.run, writer, model, clickedAt, signal);
      };
      await asWriter(locks, 'run', runId, work, steal);
    });
  }

  /** Shows a stored run without working on it. */
  async open(runId: RunId): Promise<void> {
    if (this.active || this.run?.id === runId) return;
    const summary = await this.services.store.run(runId);
    if (!summary) return;
    this.#clear();
    this.#showStored(summary, false);
    this.status = summary.progress.finished ? 'finished' : 'paused';
    await this.#watch.now();
  }

  /** Takes over what was changed of a run that is not computed here. */
  refresh(): Promise<void> {
    return this.#watch.now();
  }

  /** Lets go of a run that is not being computed, when it was deleted. */
  close(): void {
    if (this.active) return;
    this.#clear();
    this.run = null;
    this.progress = null;
    this.status = 'none';
  }

  /** Stops; what is finished is stored, requests in flight are asked again on resume. */
  async pause(): Promise<void> {
    await this.#work.stop(() => (this.status = 'pausing'));
  }

  /** Lets the run end here: its target becomes what it has. */
  async finishNow(): Promise<void> {
    await this.pause();
    if (!this.run || !this.progress) return;
    if (this.progress.kept > 0) await this.#resume(this.run.id, { target: this.progress.kept });
  }

  /** Opens a finished run for more instructions. */
  async extend(target: number): Promise<void> {
    if (this.run) await this.#resume(this.run.id, { target });
  }

  #showStored({ run, progress }: RunSummary, elsewhere: boolean): void {
    this.run = run;
    this.progress = progress;
    this.meter.show(progress, run.config.target, elsewhere);
  }

  async #look(elsewhere: boolean): Promise<void> {
    const summary = this.run && (await this.services.store.run(this.run.id));
    if (!summary || this.active || this.run?.id !== summary.run.id) return;
    this.#showStored(summary, elsewhere);
    if (elsewhere) {
      if (this.status !== 'elsewhere') this.storedAt = this.services.now();
      this.status = 'elsewhere';
    } else if (this.status !== 'failed') {
      if (this.status === 'elsewhere') this.failure = null;
      this.status = summary.progress.finished ? 'finished' : 'paused';
    }
  }

  /** A change of the shown run by this or another tab. */
  #take(change: StoreChange): void {
    if (change.kind === 'run-deleted') {
      this.close();
    } else if (change.kind === 'rows') {
      this.storedAt = this.services.now();
      for (const task of change.tasks) this.#pool.set(task.id, task);
      for (const id of change.removed) this.#pool.delete(id);
      if (this.status === 'elsewhere') this.#showVerdicts(change.candidates);
    }
  }

  /** @param candidates in the order in which they were judged */
  #showVerdicts(candidates: readonly Candidate[]): void {
    if (candidates.length > 0) this.recent = [...candidates.toReversed(), ...this.recent].slice(0, RECENT);
  }

  async #loadModel(id: string, signal: AbortSignal): Promise<LanguageModel> {
    const models = stoppable(this.services.models, signal);
    const model = await models.load(id, signal, (progress) => (this.loading = progress));
    this.loading = null;
    this.#readFrom(model);
    return model;
  }

  /** Where it computes may change with a failure, and notes come while it does; the same again changes nothing on the screen. */
  #readFrom({ device, notes = [] }: LanguageModel): void {
    this.device = device;
    if (notes.length !== this.notes.length || notes.some((note, i) => note !== this.notes[i]))
      this.notes = notes;
  }

  /** The model that a run began with and no other: a data set has one author. */
  async #loadModelOf({ model: { id, name, hash } }: RunRecord, signal: AbortSignal): Promise<LanguageModel> {
    try {
      const model = await this.#loadModel(id, signal);
      if (model.hash !== hash) throw new AppError({ kind: 'model-changed', model: name });
      return model;
    } catch (error) {
      if (!(error instanceof AppError) || error.failure.kind !== 'model-not-here') throw error;
      // The record knows a name for it.
      throw new AppError({ kind: 'model-not-here', model: name }, { cause: error });
    }
  }

  /** @param resumed the run to resume; null for a new one */
  async #begin(resumed: RunId | null, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#clear(resumed);
    this.status = 'loading';
    await this.#work.run(work, (error, { aborted }) => {
      this.calls.clear();
      this.loading = null;
      if (aborted) {
        this.status = this.run ? 'paused' : 'none';
        return;
      }
      const failure = failureOf(error);
      // The screen of a run that another tab computes says so by itself.
      const refused = failure.kind === 'run-open-elsewhere';
      this.failure = refused ? null : failure;
      this.status = refused ? 'paused' : 'failed';
      if (refused || failure.kind === 'run-taken-over') return this.#watch.now();
    });
  }

  async #compute(
    run: RunRecord,
    writer: RunWriter,
    model: LanguageModel,
    clickedAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const journal = stoppable(writer, signal);
    this.run = run;
    for await (const page of journal.scanTasks(run.id)) {
      for (const task of page) this.#pool.set(task.id, task);
    }
    signal.throwIfAborted();
    // Not part of the first load: it is fetched while the model is.
    const { selfInstruct } = await import('../../core/pipeline/self-instruct');
    this.progress = await journal.progress(run.id);
    this.meter.begin(this.progress, run.config.target);
    this.status = 'running';
    const ports = {
      model: stoppable(model, signal),
      journal,
      similarity: stoppable(this.services.similarity, signal),
      now: () => this.services.elapsed(),
      date: () => this.services.now(),
    };
    try {
      for await (const event of selfInstruct(ports, run, clickedAt, signal)) {
        this.#show(event);
        if (event.type === 'call-finished') this.#readFrom(model);
      }
      this.status = 'finished';
    } finally {
      this.calls.flush();
    }
  }

  #show(event: PipelineEvent): void {
    switch (event.type) {
      case 'call-started':
        this.calls.start(event.call);
        break;
      case 'text':
        this.calls.text(event.stage, event.index, event.delta);
        break;
      case 'reading':
        this.calls.reading(event.stage, event.index, event);
        break;
      case 'call-retried':
        this.calls.restart(event.stage, event.index);
        this.meter.retried();
        break;
      case 'call-finished':
        this.calls.finish(event.call);
        this.meter.called(event.call);
        break;
      case 'verdict':
        this.#showVerdicts([event.candidate]);
        this.calls.verdict(event.candidate);
        break;
      case 'task':
        this.#pool.set(event.task.id, event.task);
        break;
      case 'progress':
      case 'finished':
        this.progress = event.progress;
        this.meter.update(event.progress);
        break;
    }
  }

  /** @param goesOn the run to be resumed: what memory holds of it stays, because the store may still be out of order. */
  #clear(goesOn: RunId | null = null): void {
    this.failure = null;
    this.notes = [];
    this.recent = [];
    this.calls.clear();
    if (goesOn === null || this.run?.id !== goesOn) this.#pool.clear();
  }
}
