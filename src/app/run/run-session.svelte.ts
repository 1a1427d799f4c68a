/** The run that is open in this tab: starts, pauses and resumes the pipeline and holds what screens show of it. */
import { SvelteMap } from 'svelte/reactivity';
import { AppError, type Failure, failureOf } from '../../core/errors';
import type { PipelineEvent } from '../../core/pipeline/events';
import { selfInstruct } from '../../core/pipeline/self-instruct';
import type { LanguageModel, Progress, RunStore } from '../../core/ports';
import type { RunConfig, RunProgress, RunRecord } from '../../core/run';
import type { Candidate, MachineTask, RunId, SeedTask, TaskId } from '../../core/task';
import { CallDisplay, type LiveCall } from './call-display.svelte';
import { RateMeter, type Rates } from './rate-meter.svelte';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import { StoppableWork } from '../stoppable-work';
import { WORDS } from '../words';
import { asWriter } from '../writer-locks';

export type RunStatus =
  | 'none' // no run is open in this tab
  | 'loading' // model or pool is being prepared
  | 'running'
  | 'pausing' // requests in flight are being stopped
  | 'paused'
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

export interface RunRequest {
  /** As the host lists it. */
  readonly model: string;
  readonly config: RunConfig;
  readonly seedSet: RunRecord['seedSet'];
  readonly seeds: readonly SeedTask[];
}
export interface PoolText {
  readonly instruction: string;
  readonly origin: 'seed' | 'machine';
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
  /** Whether the browser promised to keep our storage; null before it was asked. */
  persisted = $state.raw<boolean | null>(null);
  /** Where the model computes; null before it is loaded. */
  device = $state.raw<string | null>(null);
  /** What its engine says of how it computes here, in plain words. */
  notes = $state.raw<readonly string[]>([]);
  readonly calls = new CallDisplay();
  readonly meter = new RateMeter();
  // Not reactive: what a screen shows of it, it shows when a verdict arrives.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #texts = new Map<TaskId, PoolText>();
  readonly #tasks = new SvelteMap<TaskId, MachineTask>();
  readonly #work = new StoppableWork();

  constructor(private readonly services: Services) {}

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

  /** Text and origin of a pool member of this run. */
  textOf(id: TaskId): PoolText | undefined {
    return this.#texts.get(id);
  }
  /** The newest stage of a task kept in this session. */
  taskOf(id: TaskId): MachineTask | undefined {
    return this.#tasks.get(id);
  }

  /** Creates a run and works on it until it ends, is paused or fails. */
  async start({ model: modelId, config, seedSet, seeds }: RunRequest): Promise<void> {
    if (this.active) return;
    const clickedAt = performance.now();
    this.run = null;
    this.progress = null;
    const { locks } = this.services;
    await this.#begin(null, async (signal) => {
      void this.services.requestPersistence().then(
        (kept) => (this.persisted = kept),
        () => (this.persisted = false),
      );
      const model = await this.#loadModel(modelId, signal);
      signal.throwIfAborted();
      const run = await stoppable(this.services.store, signal).createRun({
        config,
        seedSet,
        seeds,
        model: { id: model.id, name: model.name, hash: model.hash },
        createdAt: this.services.now(),
      });
      await asWriter(locks, 'run', run.id, () => this.#compute(run, model, clickedAt, signal));
    });
  }

  /** Resumes a stored run where it stopped. */
  async resume(runId: RunId): Promise<void> {
    if (this.active) return;
    const clickedAt = performance.now();
    const { locks } = this.services;
    await this.#begin(runId, async (signal) => {
      const summary = await stoppable(this.services.store, signal).run(runId);
      if (!summary) throw new AppError({ kind: 'storage-unavailable', detail: WORDS.run.missing(runId) });
      this.run = summary.run;
      this.progress = summary.progress;
      const { run } = summary;
      await asWriter(locks, 'run', runId, async () =>
        this.#compute(run, await this.#loadModelOf(run, signal), clickedAt, signal),
      );
    });
  }

  /** Shows a stored run without working on it. */
  async open(runId: RunId): Promise<void> {
    if (this.active || this.run?.id === runId) return;
    const summary = await this.services.store.run(runId);
    if (!summary) return;
    this.#clear();
    this.run = summary.run;
    this.progress = summary.progress;
    this.meter.show(summary.progress, summary.run.config.target);
    this.status = summary.progress.finished ? 'finished' : 'paused';
  }

  /** Takes over the counters that a person's edit of the pool changed. */
  async refresh(): Promise<void> {
    if (!this.run || this.active) return;
    const summary = await this.services.store.run(this.run.id);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have been resumed meanwhile
    if (!summary || this.active) return;
    this.progress = summary.progress;
    this.meter.show(summary.progress, summary.run.config.target);
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
    if (this.progress.kept > 0) await this.#retarget(this.run, this.progress.kept);
  }

  /** Opens a finished run for more instructions. */
  async extend(target: number): Promise<void> {
    if (!this.run || this.active) return;
    await this.#retarget(this.run, target);
  }

  async #retarget(run: RunRecord, target: number): Promise<void> {
    const config = { ...run.config, target };
    try {
      await this.services.store.updateConfig(run.id, config);
    } catch (error) {
      this.failure = failureOf(error);
      this.status = 'failed';
      return;
    }
    this.run = { ...run, config };
    await this.resume(run.id);
  }

  /** Saves what this tab still holds, for when the store cannot be read or written. */
  saveFromMemory(): void {
    const lines = [...this.#tasks.values()].map((task) => `${JSON.stringify(task)}\n`);
    const name = `${this.run?.id ?? 'run'}-from-memory.jsonl`;
    this.services.saveFile(name, new Blob(lines, { type: 'application/jsonl' }));
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
      } else {
        this.failure = failureOf(error);
        this.status = 'failed';
      }
    });
  }

  async #compute(
    run: RunRecord,
    model: LanguageModel,
    clickedAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const store = stoppable(this.services.store, signal);
    this.run = run;
    await this.#loadTexts(run.id, store);
    signal.throwIfAborted();
    this.progress = await store.progress(run.id);
    this.meter.begin(this.progress, run.config.target);
    this.status = 'running';
    const ports = {
      model: stoppable(model, signal),
      journal: store,
      similarity: stoppable(this.services.similarity, signal),
      now: () => performance.now(),
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

  async #loadTexts(runId: RunId, store: RunStore): Promise<void> {
    for await (const page of store.scanTasks(runId)) {
      for (const { id, instruction, origin } of page) this.#texts.set(id, { instruction, origin });
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
        this.recent = [event.candidate, ...this.recent].slice(0, RECENT);
        this.calls.verdict(event.candidate);
        break;
      case 'task': {
        const { id, instruction, origin } = event.task;
        this.#texts.set(id, { instruction, origin });
        this.#tasks.set(id, event.task);
        break;
      }
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
    if (goesOn !== null && this.run?.id === goesOn) return;
    this.#texts.clear();
    this.#tasks.clear();
  }
}
