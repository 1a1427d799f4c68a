/** The finetuning that is open in this tab: starts, pauses and resumes the trainer and holds what screens show of it. */
import { AppError, type Failure, failureOf } from '../../core/errors';
import type { PlanPlace } from '../../core/plan/plan';
import type { Progress } from '../../core/ports';
import type { TrainingCheckpoint, TrainingEvent, TrainingRecord } from '../../core/training/training';
import type { TrainedModel, TrainingEstimate, TrainingJob } from '../../trainer/trainer';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import { StoppableWork } from '../stoppable-work';
import { asWriter } from '../writer-locks';
import { trainInAttempts } from './training-attempts';
import { TrainingCurve, type TrainingFigures } from './training-curve';
import { checkSame, prepareJob, type PreparedJob, type TrainingPlan } from './training-job';
import { publishModel } from './training-publish';
import { curveAt, newRecord, planOf } from './training-record';
import { WORDS } from './words';

export type TrainingSessionStatus =
  | 'none' // no training is open in this tab
  | 'preparing' // data and base model are being read
  | 'estimating' // a short trial is being made
  | 'running'
  | 'pausing' // finishing this step, then saving a checkpoint
  | 'saving' // it is trained; the model is being written
  | 'paused'
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

type Started = Extract<TrainingEvent, { type: 'started' }>;

/** A screen that draws more often than this does nothing but draw. */
const SHOW_MS = 250;

export class TrainingSession {
  status = $state<TrainingSessionStatus>('none');
  record = $state.raw<TrainingRecord | null>(null);
  figures = $state.raw<TrainingFigures | null>(null);
  /** What the trainer told when it started; null before. */
  started = $state.raw<Started | null>(null);
  progress = $state.raw<Progress | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Whether only a plan is being measured. */
  trial = $state(false);
  /** Step of the newest checkpoint that is stored. */
  savedStep = $state(0);
  /** Failures from which it resumed at the last checkpoint. */
  recoveries = $state.raw<readonly Failure[]>([]);
  /** Outputs in the data for the prompts of the samples. */
  wanted = $state.raw<PreparedJob['examples']['samples']>([]);
  #curve: TrainingCurve | null = null;
  #checkpoint: TrainingCheckpoint | null = null;
  readonly #work = new StoppableWork();
  #shownAt = 0;
  #showing: ReturnType<typeof setTimeout> | undefined;

  /** @param busy whether something else needs the loaded model; if not, its memory is freed before training. */
  constructor(
    private readonly services: Services,
    private readonly busy: () => boolean = () => false,
  ) {
    services.trainings.watch((ids) => {
      for (const id of ids) if (this.#isOpen(id)) void this.#follow(id);
    });
  }

  /** Whether something is being computed, prepared or written. */
  get active(): boolean {
    return ['preparing', 'estimating', 'running', 'pausing', 'saving'].includes(this.status);
  }

  /** Measures a short trial of a plan. Null when it was stopped or failed; `failure` then says why. */
  async estimate(plan: TrainingPlan): Promise<TrainingEstimate | null> {
    if (this.active) return null;
    const before = this.status;
    this.trial = true;
    let estimate: TrainingEstimate | null = null;
    await this.#begin(async (signal) => {
      const { job } = await this.#prepare(plan, signal);
      this.status = 'estimating';
      this.progress = null;
      estimate = await this.services.trainer.estimate(job, signal);
      this.status = before;
    }, before);
    this.trial = false;
    return estimate;
  }

  /**
   * Creates a training and works on it until it ends, is paused or fails.
   * @param planned the stage of a plan that it is made for
   */
  async start(
    plan: TrainingPlan,
    promised: TrainingRecord['promised'] = null,
    planned?: PlanPlace,
  ): Promise<void> {
    if (this.active) return;
    this.#show(null);
    await this.#begin(async (signal) => {
      const prepared = await this.#prepare(plan, signal);
      const record = await stoppable(this.services.trainings, signal).create(
        newRecord(plan, prepared, promised, this.services.now()),
        planned,
      );
      void this.services.requestPersistence().catch(() => false);
      this.#show(record);
      await this.#locked(record.id, () => this.#run(record, prepared, signal));
    });
  }

  /** Resumes a stored training at its last checkpoint. @param until ends for good after this step */
  async resume(id: string, until?: number): Promise<void> {
    if (this.active) return;
    if (this.record?.id !== id) this.#show(null);
    await this.#begin((signal) =>
      this.#locked(id, async () => {
        const record = await this.#stored(id, signal);
        this.#show(record);
        if (record.status === 'finished') return void (this.status = 'finished');
        const prepared = await this.#prepare(planOf(record), signal);
        checkSame(prepared, record);
        await this.#run(record, prepared, signal, until);
      }),
    );
  }

  /** Shows a stored training without working on it. */
  async open(id: string): Promise<void> {
    if (this.active || this.record?.id === id) return;
    const record = await this.services.trainings.get(id);
    if (!record) return;
    this.failure = null;
    this.recoveries = [];
    this.#show(record);
    this.status = record.status === 'finished' ? 'finished' : 'paused';
  }

  /** Stops and saves a checkpoint, so that it can resume at the same step. */
  async pause(): Promise<void> {
    await this.#work.stop(() => {
      if (this.status === 'running') this.status = 'pausing';
    });
  }

  /** Ends here: saves the model as trained so far. */
  async finishNow(): Promise<void> {
    await this.pause();
    const { record, savedStep } = this;
    if (record && this.status === 'paused' && savedStep > 0) await this.resume(record.id, savedStep);
  }

  /** Ends it and removes what is stored of it; the base model and the data stay. */
  async discard(): Promise<void> {
    await this.pause();
    const { record } = this;
    if (!record || this.active) return;
    await this.#begin((signal) =>
      this.#locked(record.id, async () => {
        await stoppable(this.services.trainings, signal).delete(record.id);
        this.close();
      }),
    );
  }

  /** Lets go of the training on the screen; what is stored of it stays. */
  close(): void {
    this.#show(null);
    this.failure = null;
    this.status = 'none';
  }

  /** @param idle what is true again after a trial */
  async #begin(
    work: (signal: AbortSignal) => Promise<void>,
    idle: TrainingSessionStatus = 'none',
  ): Promise<void> {
    this.failure = null;
    this.recoveries = [];
    this.status = 'preparing';
    await this.#work.run(work, (error, signal) => this.#stopped(error, signal, idle));
    this.progress = null;
  }

  /** Whatever ends work that was stopped, as a worker that dies of it: it is stopped, and no failure. */
  async #stopped(error: unknown, signal: AbortSignal, idle: TrainingSessionStatus): Promise<void> {
    const record = idle === 'none' ? this.record : null;
    const failure = failureOf(error);
    if (isGone(failure)) {
      this.#gone(failure);
      return;
    }
    if (signal.aborted) {
      this.status = record ? 'paused' : idle;
      if (record) await this.#note(record, 'paused', null, signal);
      return;
    }
    this.failure = failure;
    this.status = record ? 'failed' : idle;
    if (record && failure.kind !== 'training-open-elsewhere')
      await this.#note(record, 'failed', WORDS.reason(failure), signal);
  }
  /** The state at the last checkpoint, with why it stopped. Storage may be what failed: then the record stays as it was. */
  async #note(
    record: TrainingRecord,
    status: TrainingRecord['status'],
    reason: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#save({ ...record, status, reason }, signal);
    } catch (error) {
      const failure = failureOf(error);
      // Anything else that stopped it is already on the screen.
      if (isGone(failure)) this.#gone(failure);
    }
  }
  /** Everything is the session's to write but the name: another tab may have given it a new one. */
  async #save(record: TrainingRecord, signal: AbortSignal, checkpoint?: TrainingCheckpoint): Promise<void> {
    const named = ({ name }: TrainingRecord): TrainingRecord => ({ ...record, name });
    const trainings = stoppable(this.services.trainings, signal);
    this.record = await trainings.change(record.id, named, checkpoint);
  }

  /** What another tab did to the open training is shown at once; when that deleted it, the work here ends. */
  async #follow(id: string): Promise<void> {
    // A fault of the storage is met by whoever writes next.
    const now = await this.services.trainings.get(id).catch(() => null);
    if (now === null || !this.record || !this.#isOpen(id)) return;
    if (!now) {
      await this.pause();
      if (this.#isOpen(id)) this.#gone({ kind: 'record-gone', record: 'finetuning', id });
    } else if (this.active) {
      this.record = { ...this.record, name: now.name };
    } else if (this.status !== 'failed') {
      this.#show(now);
      this.status = now.status === 'finished' ? 'finished' : 'paused';
    }
  }
  readonly #isOpen = (id: string): boolean => this.record?.id === id;
  #gone(failure: Failure): void {
    this.close();
    this.failure = failure;
  }

  #locked(id: string, work: () => Promise<void>): Promise<void> {
    return asWriter(this.services.locks, 'training', id, work);
  }

  async #stored(id: string, signal: AbortSignal): Promise<TrainingRecord> {
    const record = await stoppable(this.services.trainings, signal).get(id);
    if (record) return record;
    throw new AppError({ kind: 'storage-unavailable', detail: WORDS.notStored(id) });
  }

  /** What is read and written for one piece of work, so that stopping it ends whatever does not answer. */
  #bounded(signal: AbortSignal): Services {
    const { store, modelStore } = this.services;
    return {
      ...this.services,
      store: stoppable(store, signal),
      modelStore: stoppable(modelStore, signal),
    };
  }

  #prepare(plan: Omit<TrainingPlan, 'name'>, signal: AbortSignal): Promise<PreparedJob> {
    return prepareJob(this.#bounded(signal), plan, signal, (progress) => (this.progress = progress));
  }

  async #run(
    record: TrainingRecord,
    prepared: PreparedJob,
    signal: AbortSignal,
    until?: number,
  ): Promise<void> {
    // A checkpoint that could not be stored is newer than the stored one.
    const held = this.record?.id === record.id ? this.#checkpoint : null;
    const trainings = stoppable(this.services.trainings, signal);
    const stored = (await trainings.checkpoint(record.id)) ?? null;
    const resume = held && held.step > (stored?.step ?? 0) ? held : stored;
    await this.#save({ ...record, status: 'running', reason: null }, signal);
    this.#checkpoint = resume;
    this.savedStep = stored?.step ?? 0;
    this.wanted = prepared.examples.samples;
    if (!this.busy()) await stoppable(this.services.models, signal).unload();
    signal.throwIfAborted();
    const job = { ...prepared.job, resume, ...(until === undefined ? {} : { until }) };
    const trained = await this.#train(job, signal);
    this.#flush();
    this.status = 'saving';
    await this.#publish(prepared, trained, signal);
  }

  #train(job: TrainingJob, signal: AbortSignal): Promise<TrainedModel> {
    return trainInAttempts(this.services.trainer, job, signal, {
      begin: ({ resume }) => {
        if (!this.record) return;
        this.#curve = new TrainingCurve(curveAt(this.record, resume?.step ?? 0));
        this.#flush();
        this.progress = { label: WORDS.starting, done: 0, total: null };
      },
      on: (event) => this.#on(event, signal),
      checkpoint: () => this.#checkpoint,
      recovered: (failure) => (this.recoveries = [...this.recoveries, failure]),
    });
  }

  async #on(event: TrainingEvent, signal: AbortSignal): Promise<void> {
    const curve = this.#curve;
    if (!curve || !this.record) return;
    switch (event.type) {
      case 'started':
        this.started = event;
        this.record = { ...this.record, steps: event.steps };
        this.progress = null;
        if (this.status === 'preparing') this.status = 'running';
        break;
      case 'step':
        curve.step(event);
        break;
      case 'validation':
        curve.validation({ step: event.step, loss: event.loss });
        break;
      case 'sample':
        curve.sample({ step: event.step, prompt: event.prompt, text: event.text });
        break;
      case 'checkpoint':
        this.#checkpoint = event.checkpoint;
        this.record = curve.record(this.record, event.checkpoint.step);
        await this.#save(this.record, signal, event.checkpoint);
        this.savedStep = event.checkpoint.step;
        break;
    }
    this.#soon();
  }

  async #publish(prepared: PreparedJob, trained: TrainedModel, signal: AbortSignal): Promise<void> {
    const { record } = this;
    if (!record || !this.#curve) return;
    const step = this.#curve.figures(record.steps).step;
    const over = this.#curve.record(record, step);
    const services = this.#bounded(signal);
    const show = (progress: Progress): void => void (this.progress = progress);
    const model = await publishModel(services, over, prepared.base, trained, signal, show);
    const finished = await stoppable(this.services.trainings, signal).finish(record.id, ({ name }) => ({
      ...over,
      name,
      status: 'finished',
      reason: null,
      modelId: model.id,
    }));
    // It was renamed while the model was written.
    if (finished.name !== model.name) await services.modelStore.rename(model.id, finished.name);
    this.#checkpoint = null;
    this.#show(finished);
    this.status = 'finished';
  }

  /** Figures change with every step, the screen some times a second. */
  #soon(): void {
    const wait = this.#shownAt + SHOW_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#showing ??= setTimeout(() => this.#flush(), wait);
  }
  #flush(): void {
    clearTimeout(this.#showing);
    this.#showing = undefined;
    this.#shownAt = performance.now();
    if (this.#curve && this.record) this.figures = this.#curve.figures(this.record.steps);
  }

  #show(record: TrainingRecord | null): void {
    if (this.record?.id !== record?.id) {
      this.#checkpoint = null;
      this.started = null;
      this.wanted = [];
    }
    this.record = record;
    this.savedStep = record?.step ?? 0;
    this.#curve = record && new TrainingCurve(record);
    this.figures = null;
    this.#flush();
  }
}

const isGone = (failure: Failure): boolean => failure.kind === 'record-gone';
