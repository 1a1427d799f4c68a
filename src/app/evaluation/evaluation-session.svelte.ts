/** The evaluation that is open in this tab: asks its models one after the other, pauses, resumes, and holds the answers. */
import { AppError, type Failure, failureOf } from '../../core/errors';
import {
  type Answer,
  type EvaluatedModel,
  type EvaluationConfig,
  type EvaluationRecord,
  type EvaluationSet,
  type EvaluationTask,
  tasksFingerprint,
  withModel,
} from '../../core/evaluation/evaluation';
import type { EvaluationChange } from '../../core/evaluation/evaluation-store';
import type { PredictionFile } from '../../core/evaluation/predictions';
import { type EvaluationEvent, askTasks } from '../../core/evaluation/runner';
import type { PlanPlace } from '../../core/plan/plan';
import type { Progress } from '../../core/ports';
import { readPredictions } from '../../import/task-files';
import { type AskedModel, modelsToAsk, predictedAnswers, predictingModel } from './evaluated-models';
import type { AnswersByPlace } from './loaded-answers.svelte';
import { LiveDisplay } from './live-answer.svelte';
import { evaluationGone, isEvaluationGone, isModelGone, OpenEvaluation } from './open-evaluation.svelte';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import { StoppableWork } from '../stoppable-work';
import { asWriter } from '../writer-locks';

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
  readonly models: readonly AskedModel[];
  /** The stage of a plan that it is made for. */
  readonly planned?: PlanPlace;
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
/** Failures of one model: the others are asked all the same. */
const OF_ONE_MODEL: readonly Failure['kind'][] = [
  'model-not-here',
  'base-not-here',
  'model-changed',
  'model-file-missing',
  'engine-load-failed',
  'self-test-failed',
];

export class EvaluationSession {
  status = $state<EvaluationStatus>('none');
  failure = $state.raw<Failure | null>(null);
  /** Models that could not be asked. */
  skipped = $state.raw<readonly SkippedModel[]>([]);
  loading = $state.raw<Progress | null>(null);
  /** The model that is being asked. */
  asking = $state.raw<EvaluatedModel | null>(null);
  progress = $state.raw<AskingProgress>({ done: 0, total: 0, rate: null, secondsLeft: null });
  readonly live = new LiveDisplay();
  readonly #open: OpenEvaluation;
  readonly #work = new StoppableWork();
  #stretch = { since: 0, answers: 0 };

  constructor(private readonly services: Services) {
    this.#open = new OpenEvaluation(services.evaluations);
    services.evaluations.watch((change) => void this.#follow(change));
  }

  get record(): EvaluationRecord | null {
    return this.#open.record;
  }
  get tasks(): readonly EvaluationTask[] {
    return this.#open.tasks;
  }
  get active(): boolean {
    return this.status === 'loading' || this.status === 'running' || this.status === 'pausing';
  }
  /** Answers of one model by place of the task. */
  answersOf(key: string): AnswersByPlace {
    return this.#open.answersOf(key);
  }
  answeredOf(key: string): number {
    return this.#open.answeredOf(key);
  }

  /** Creates an evaluation and asks its models until all have answered, it is paused or fails. */
  async start({ name, set, config, models, planned }: EvaluationRequest): Promise<void> {
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
        planned,
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
        await this.#open.read(id, stoppable(this.services.evaluations, signal));
        await this.#askAll(signal);
      }),
    );
  }

  /** Shows a stored evaluation without working on it. */
  async open(id: string): Promise<void> {
    if (this.active || this.record?.id === id) return;
    this.close();
    try {
      await this.#open.read(id);
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
    this.failure = null;
    this.#show(null, []);
    this.status = 'none';
  }

  async rename(name: string): Promise<void> {
    await this.#edit(({ id }) => this.services.evaluations.change(id, (now) => ({ ...now, name })));
  }

  /** More models for the open evaluation; `resume` asks them. */
  async addModels(models: readonly AskedModel[]): Promise<void> {
    if (this.active) return;
    await this.#edit(({ id }) => this.services.evaluations.addModels(id, modelsToAsk(models)));
  }

  /** Answers from a file count as one more model: all of them, or none. Null when it failed; `failure` then says why. */
  async addPredictions(file: File, signal: AbortSignal): Promise<PredictionFile | null> {
    const { tasks, services } = this;
    if (this.active) return null;
    let found: PredictionFile | null = null;
    await this.#edit(async ({ id }) => {
      const read = await readPredictions(file, tasks, signal);
      let answers: readonly Answer[] = [];
      const record = await services.evaluations.addModels(id, [predictingModel(file.name)], (key) => {
        answers = predictedAnswers(read, id, key, tasks, services.now());
        return answers;
      });
      this.#open.replace(record);
      for (const answer of answers) if (answer.evaluationId === this.record?.id) this.#open.take(answer);
      found = read;
      return record;
    }, signal);
    return found;
  }

  async removeModel(key: string): Promise<void> {
    if (this.active) return;
    await this.#edit(async ({ id }) => {
      const { evaluations } = this.services;
      const record = await this.#locked(id, () => evaluations.removeModel(id, key));
      if (this.record?.id === id) this.skipped = this.skipped.filter((one) => one.key !== key);
      return record;
    });
  }

  /** Removes the open evaluation with all answers. */
  async delete(): Promise<void> {
    const { record } = this;
    if (!record || this.active) return;
    const { evaluations } = this.services;
    if (await this.#try(() => this.#locked(record.id, () => evaluations.delete(record.id)))) this.close();
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
    if (this.skipped.length > 0) this.status = 'failed';
    else this.status = record.models.every((model) => this.#open.isFinished(model)) ? 'finished' : 'paused';
  }
  #failed(error: unknown): void {
    const failure = failureOf(error);
    if (isEvaluationGone(failure)) this.#show(null, []);
    this.#idle();
    this.failure = failure;
    this.status = this.record ? 'failed' : 'none';
  }
  #idle(): void {
    this.loading = null;
    this.asking = null;
    this.live.clear();
    this.#count();
    this.#open.publish();
  }
  #locked<T>(id: string, work: () => Promise<T>): Promise<T> {
    return asWriter(this.services.locks, 'evaluation', id, work);
  }

  #show(record: EvaluationRecord | null, tasks: readonly EvaluationTask[]): void {
    this.#open.show(record, tasks);
    this.skipped = [];
    this.live.clear();
    this.#count();
  }

  /** What another tab does to the open evaluation is shown at once; when that deletes it, the work here ends. */
  async #follow(change: EvaluationChange): Promise<void> {
    await this.#try(async () => {
      if (await this.#open.follow(change)) return;
      await this.pause();
      if (this.record?.id === change.id) throw evaluationGone(change.id);
    });
    this.#count();
    if (this.record?.id === change.id && !this.active && this.status !== 'failed') this.#settle();
  }

  // ---- asking ----------------------------------------------------------------------------------------------------

  /** Models that are in order are asked even when one of them is not; so are those that another tab adds meanwhile. */
  async #askAll(signal: AbortSignal): Promise<void> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read here alone
    const tried = new Set<string>();
    for (;;) {
      const next = this.record?.models.find(({ key, finished }) => !finished && !tried.has(key));
      if (!next) return;
      const { key } = next;
      tried.add(key);
      try {
        await this.#askOne(next, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error);
        if (isModelGone(failure)) continue;
        if (!OF_ONE_MODEL.includes(failure.kind)) throw error;
        this.skipped = [...this.skipped, { key, failure }];
      }
    }
  }

  async #askOne(evaluated: EvaluatedModel, signal: AbortSignal): Promise<void> {
    const { record, tasks, services } = this;
    const { key, modelId } = evaluated;
    if (!record || modelId === null) return;
    if (this.answeredOf(key) === tasks.length) {
      await this.#note(key, { finished: true }, signal);
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
      plain: evaluated.plain === true,
      tasks,
      answered: (index: number) => this.answersOf(key)[index] !== undefined,
    };
    const done = (): Pick<EvaluatedModel, 'seconds' | 'finished'> => ({
      seconds: evaluated.seconds + (performance.now() - since) / 1000,
      finished: this.answeredOf(key) === tasks.length,
    });
    try {
      for await (const event of askTasks(ports, plan, signal)) this.#hear(event);
    } catch (error) {
      // Storage may be what failed: then the record stays as it was, and what failed first is told.
      await this.#note(key, done(), signal).catch(() => undefined);
      throw error;
    }
    await this.#note(key, done(), signal);
  }

  async #note(key: string, part: Partial<EvaluatedModel>, signal: AbortSignal): Promise<void> {
    const { record } = this;
    if (!record) return;
    const evaluations = stoppable(this.services.evaluations, signal);
    this.#open.replace(await evaluations.change(record.id, (now) => withModel(now, key, part)));
  }

  #hear(event: EvaluationEvent): void {
    this.live.take(event);
    if (event.type !== 'answered') return;
    this.#stretch.answers++;
    this.#open.take(event.answer);
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

  /** A change of the open evaluation: it is shown once it is stored. @param signal of what is stopped without a word */
  async #edit(
    work: (record: EvaluationRecord) => Promise<EvaluationRecord>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { record } = this;
    if (!record) return;
    this.failure = null;
    await this.#try(async () => this.#open.replace(await work(record)), signal);
    if (!this.active && this.record) this.#settle();
  }
  async #try(work: () => Promise<void>, signal?: AbortSignal): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal?.aborted) return false;
      const failure = failureOf(error);
      if (isEvaluationGone(failure)) this.#failed(error);
      else this.failure = failure;
      return false;
    }
  }
}
