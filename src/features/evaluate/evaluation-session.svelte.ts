/** The evaluation that is open in this tab: asks its models one after the other, pauses, resumes, and holds the answers. */
import { AppError, type Failure, failureOf } from '../../core/errors';
import {
  type Answer,
  type EvaluatedModel,
  type EvaluationConfig,
  type EvaluationRecord,
  type EvaluationSet,
  type EvaluationTask,
  modelKey,
  tasksFingerprint,
} from '../../core/evaluation/evaluation';
import type { EvaluationStore } from '../../core/evaluation/evaluation-store';
import type { PredictionFile } from '../../core/evaluation/predictions';
import { type EvaluationEvent, askTasks } from '../../core/evaluation/runner';
import type { ModelInfo } from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import { readPredictions } from '../../import/task-files';
import { modelsToAsk, nextNumber, predictedAnswers, predictingModel } from './evaluated-models';
import { type AnswersByPlace, LoadedAnswers } from './loaded-answers.svelte';
import { LiveDisplay } from './live-answer.svelte';
import type { Services } from '../../app/services';
import { stoppable } from '../../app/stoppable';
import { StoppableWork } from '../../app/stoppable-work';
import { WORDS } from './words';
import { asWriter } from '../../app/writer-locks';

export type EvaluationStatus =
  | 'none' // no evaluation is open in this tab
  | 'loading' // a model is being loaded
  | 'running'
  | 'pausing' // requests in flight are being stopped
  | 'paused' // there are models that were not asked everything
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

export interface EvaluationRequest {
  readonly name: string;
  readonly set: EvaluationSet;
  readonly config: EvaluationConfig;
  readonly models: readonly ModelInfo[];
}
export interface SkippedModel {
  readonly key: string;
  readonly failure: Failure;
}
/** How far it is, over all models that are asked here. */
export interface AskingProgress {
  readonly done: number;
  readonly total: number;
  /** Answers per second of this stretch; null before the first. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}
/** Answers of a file that are written in one transaction. */
const WRITE_ROWS = 500;
/** Failures of one model: the others are asked all the same. */
const OF_ONE_MODEL: readonly Failure['kind'][] = [
  'model-not-here',
  'model-changed',
  'model-file-missing',
  'engine-load-failed',
  'self-test-failed',
];

export class EvaluationSession {
  status = $state<EvaluationStatus>('none');
  record = $state.raw<EvaluationRecord | null>(null);
  tasks = $state.raw<readonly EvaluationTask[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Models that could not be asked. */
  skipped = $state.raw<readonly SkippedModel[]>([]);
  loading = $state.raw<Progress | null>(null);
  /** The model that is being asked. */
  asking = $state.raw<EvaluatedModel | null>(null);
  progress = $state.raw<AskingProgress>({ done: 0, total: 0, rate: null, secondsLeft: null });
  readonly live = new LiveDisplay();
  #answers = $state.raw(new LoadedAnswers([]));
  readonly #work = new StoppableWork();
  #stretch = { since: 0, answers: 0 };

  constructor(private readonly services: Services) {}

  get active(): boolean {
    return this.status === 'loading' || this.status === 'running' || this.status === 'pausing';
  }
  /** Answers of one model by place of the task. */
  answersOf(key: string): AnswersByPlace {
    return this.#answers.of(key);
  }
  answeredOf(key: string): number {
    return this.#answers.count(key);
  }

  /** Creates an evaluation and asks its models until all have answered, it is paused or fails. */
  async start({ name, set, config, models }: EvaluationRequest): Promise<void> {
    if (this.active) return;
    this.close();
    await this.#begin(async (signal) => {
      const record = await stoppable(this.services.evaluations, signal).create(
        {
          name,
          createdAt: this.services.now(),
          set: { id: set.id, name: set.name, count: set.tasks.length, print: tasksFingerprint(set.tasks) },
          config,
          models: modelsToAsk(models),
        },
        set.tasks,
      );
      void this.services.requestPersistence().catch(() => false);
      this.#show(record, set.tasks);
      await this.#locked(record.id, () => this.#askAll(signal));
    });
  }

  /** Resumes a stored evaluation: answered tasks are not asked again. */
  async resume(id: string): Promise<void> {
    if (this.active) return;
    await this.#begin((signal) =>
      this.#locked(id, async () => {
        await this.#read(id, stoppable(this.services.evaluations, signal));
        await this.#askAll(signal);
      }),
    );
  }

  /** Shows a stored evaluation without working on it. */
  async open(id: string): Promise<void> {
    if (this.active || this.record?.id === id) return;
    this.close();
    try {
      await this.#read(id, this.services.evaluations);
      this.#settle();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Stops; what is answered is stored, requests in flight are asked again on resume. */
  async pause(): Promise<void> {
    await this.#work.stop(() => (this.status = 'pausing'));
  }

  /** Lets go of what is open; what is stored stays. */
  close(): void {
    if (this.active) return;
    this.record = null;
    this.tasks = [];
    this.failure = null;
    this.skipped = [];
    this.#clear();
    this.status = 'none';
  }

  async rename(name: string): Promise<void> {
    if (this.record) await this.#edit({ ...this.record, name });
  }

  /** More models for the open evaluation; `resume` asks them. */
  async addModels(infos: readonly ModelInfo[]): Promise<void> {
    const { record } = this;
    if (!record || this.active) return;
    const more = modelsToAsk(infos, nextNumber(record));
    await this.#edit({ ...record, models: [...record.models, ...more] });
  }

  /** Answers from a file count as one more model. Null when it failed; `failure` then says why. */
  async addPredictions(file: File, signal: AbortSignal): Promise<PredictionFile | null> {
    const { record, tasks, services } = this;
    if (!record || this.active) return null;
    try {
      const found = await readPredictions(file, tasks, signal);
      const key = modelKey(nextNumber(record));
      const model = predictingModel(key, file.name);
      const answers = predictedAnswers(found, record.id, key, tasks, services.now());
      await this.#edit({ ...record, models: [...record.models, model] });
      for (let at = 0; at < answers.length; at += WRITE_ROWS) {
        const some = answers.slice(at, at + WRITE_ROWS);
        await services.evaluations.saveAnswers(some);
        for (const answer of some) this.#answers.put(answer);
      }
      this.#settle();
      return found;
    } catch (error) {
      this.#settle();
      if (!signal.aborted) this.failure = failureOf(error);
      return null;
    }
  }

  async removeModel(key: string): Promise<void> {
    const { record } = this;
    if (!record || this.active) return;
    const without = { ...record, models: record.models.filter((model) => model.key !== key) };
    await this.#try(() => this.services.evaluations.removeModel(without, key));
    this.#answers.drop(key);
    this.skipped = this.skipped.filter((one) => one.key !== key);
    this.record = without;
    this.#settle();
  }

  /** Removes the open evaluation with all answers. */
  async delete(): Promise<void> {
    const { record } = this;
    if (!record || this.active) return;
    if (await this.#try(() => this.services.evaluations.delete(record.id))) this.close();
  }

  // ---- work ------------------------------------------------------------------------------------------------------

  async #begin(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.failure = null;
    this.skipped = [];
    this.status = 'loading';
    const settled = async (signal: AbortSignal): Promise<void> => {
      await work(signal);
      this.#settle();
    };
    await this.#work.run(settled, (error, { aborted }) => (aborted ? this.#settle() : this.#failed(error)));
  }

  /** What is true when nothing is being done. */
  #settle(): void {
    this.#idle();
    const { record } = this;
    if (!record) {
      this.status = 'none';
      return;
    }
    const [skipped] = this.skipped;
    this.failure = skipped?.failure ?? null;
    if (skipped) this.status = 'failed';
    else this.status = record.models.every((model) => this.#isFinished(model)) ? 'finished' : 'paused';
  }
  #failed(error: unknown): void {
    this.#idle();
    this.failure = failureOf(error);
    this.status = this.record ? 'failed' : 'none';
  }
  #idle(): void {
    this.loading = null;
    this.asking = null;
    this.live.clear();
    this.#count();
    this.#answers.publish();
  }
  #isFinished({ key, modelId, finished }: EvaluatedModel): boolean {
    return modelId === null || finished || this.answeredOf(key) === this.tasks.length;
  }

  #locked(id: string, work: () => Promise<void>): Promise<void> {
    return asWriter(this.services.locks, 'evaluation', id, work);
  }

  async #read(id: string, evaluations: EvaluationStore): Promise<void> {
    const record = await evaluations.get(id);
    if (!record) {
      throw new AppError({ kind: 'storage-unavailable', detail: WORDS.screen.missing(id) });
    }
    const tasks = await evaluations.tasks(id);
    this.#show(record, tasks);
    for await (const page of evaluations.scanAnswers(id))
      for (const answer of page) this.#answers.put(answer);
    this.#count();
  }
  #show(record: EvaluationRecord, tasks: readonly EvaluationTask[]): void {
    this.record = record;
    this.tasks = tasks;
    this.#clear();
  }
  #clear(): void {
    this.#answers = new LoadedAnswers(this.tasks);
    this.live.clear();
    this.#count();
  }

  /** Models that are in order are asked even when one of them is not. */
  async #askAll(signal: AbortSignal): Promise<void> {
    for (const { key, modelId } of this.record?.models ?? []) {
      if (modelId === null) continue;
      try {
        await this.#askOne(key, modelId, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error);
        if (!OF_ONE_MODEL.includes(failure.kind)) throw error;
        this.skipped = [...this.skipped, { key, failure }];
      }
    }
  }

  async #askOne(key: string, modelId: string, signal: AbortSignal): Promise<void> {
    const { record, tasks, services } = this;
    const evaluated = record?.models.find((one) => one.key === key);
    if (!record || !evaluated || evaluated.finished) return;
    if (this.answeredOf(key) === tasks.length) {
      await this.#note({ ...evaluated, finished: true }, signal);
      return;
    }
    this.asking = evaluated;
    this.status = 'loading';
    this.#stretch = { since: 0, answers: 0 };
    const models = stoppable(services.models, signal);
    const model = await models.load(modelId, signal, (progress) => (this.loading = progress));
    signal.throwIfAborted();
    if (evaluated.hash !== '' && model.hash !== evaluated.hash) {
      throw new AppError({ kind: 'model-changed', model: evaluated.name });
    }
    this.loading = null;
    if (!signal.aborted) this.status = 'running';
    const since = performance.now();
    this.#stretch = { since, answers: 0 };
    const ports = {
      model: stoppable(model, signal),
      store: (answer: Answer) => stoppable(services.evaluations, signal).saveAnswers([answer]),
      now: () => performance.now(),
      date: () => services.now(),
    };
    const plan = {
      evaluationId: record.id,
      modelKey: key,
      config: record.config,
      tasks,
      answered: (index: number) => this.answersOf(key)[index] !== undefined,
    };
    try {
      for await (const event of askTasks(ports, plan, signal)) this.#take(event);
    } finally {
      const seconds = evaluated.seconds + (performance.now() - since) / 1000;
      const finished = this.answeredOf(key) === tasks.length;
      await this.#note({ ...evaluated, seconds, finished }, signal);
    }
  }

  /** Storage may be what failed: then the record stays as it was, and what failed is told. */
  async #note(model: EvaluatedModel, signal: AbortSignal): Promise<void> {
    const { record } = this;
    if (!record) return;
    const models = record.models.map((one) => (one.key === model.key ? model : one));
    this.record = { ...record, models };
    await stoppable(this.services.evaluations, signal)
      .save(this.record)
      .catch(() => undefined);
  }

  #take(event: EvaluationEvent): void {
    this.live.take(event);
    if (event.type !== 'answered') return;
    this.#answers.put(event.answer);
    this.#stretch.answers++;
    this.#count();
  }
  #count(): void {
    const models = this.record?.models.filter(({ modelId }) => modelId !== null) ?? [];
    const total = models.length * this.tasks.length;
    const done = models.reduce((sum, { key }) => sum + this.answeredOf(key), 0);
    const { since, answers } = this.#stretch;
    const seconds = (performance.now() - since) / 1000;
    const rate = this.active && answers > 0 && seconds > 0 ? answers / seconds : null;
    this.progress = { done, total, rate, secondsLeft: rate === null ? null : (total - done) / rate };
  }

  async #edit(record: EvaluationRecord): Promise<void> {
    if (!(await this.#try(() => this.services.evaluations.save(record)))) return;
    this.record = record;
    if (!this.active) this.#settle();
  }
  async #try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = failureOf(error);
      return false;
    }
  }
}
