/** The evaluation that is shown: its record, its tasks and all answers, as they are stored, whichever tab stores them. */
import { AppError, type Failure } from '../../core/errors';
import type {
  Answer,
  EvaluatedModel,
  EvaluationRecord,
  EvaluationTask,
} from '../../core/evaluation/evaluation';
import type { EvaluationChange, EvaluationStore } from '../../core/evaluation/evaluation-store';
import { type AnswersByPlace, LoadedAnswers } from './loaded-answers.svelte';

export class OpenEvaluation {
  record = $state.raw<EvaluationRecord | null>(null);
  tasks = $state.raw<readonly EvaluationTask[]>([]);
  #answers = $state.raw(new LoadedAnswers([]));
  /** The evaluation that is being read, and whether it changed meanwhile. */
  #reading: { readonly id: string; stale: boolean } | null = null;

  constructor(private readonly store: EvaluationStore) {}

  /** Answers of one model by place of the task. */
  answersOf(key: string): AnswersByPlace {
    return this.#answers.of(key);
  }
  answeredOf(key: string): number {
    return this.#answers.count(key);
  }
  isFinished({ key, finished }: EvaluatedModel): boolean {
    return finished || this.answeredOf(key) === this.tasks.length;
  }

  show(record: EvaluationRecord | null, tasks: readonly EvaluationTask[]): void {
    this.record = record;
    this.tasks = tasks;
    this.#answers = new LoadedAnswers(tasks);
  }
  /** @param store read instead of the own one, by work that can be stopped @throws AppError record-gone, and its own */
  async read(id: string, store = this.store): Promise<void> {
    const reading = { id, stale: false };
    this.#reading = reading;
    try {
      const [record, tasks] = await Promise.all([store.get(id), store.tasks(id)]);
      if (!record) throw evaluationGone(id);
      this.show(record, tasks);
      await this.#readAnswers(id, store);
    } finally {
      this.#reading = null;
    }
    if (reading.stale) await this.#refresh(id);
  }

  /** Takes over what was written of the shown evaluation. False when it was deleted. @throws AppError of the store */
  async follow(change: EvaluationChange): Promise<boolean> {
    const { id, kind } = change;
    if (this.#reading?.id === id) this.#reading.stale = true;
    if (this.record?.id !== id) return true;
    if (kind === 'answered') for (const answer of change.answers) this.take(answer);
    else if (kind === 'changed') await this.#refresh(id);
    return kind !== 'deleted';
  }

  /** The record as it is stored now; answers of models that it no longer has go. */
  replace(record: EvaluationRecord): void {
    if (this.record?.id !== record.id) return;
    for (const { key } of this.record.models) {
      if (!record.models.some((one) => one.key === key)) this.#answers.drop(key);
    }
    this.record = record;
  }
  /** Takes an answer of a model that the record has. */
  take(answer: Answer): void {
    if (this.record?.models.some(({ key }) => key === answer.modelKey)) this.#answers.put(answer);
  }
  /** Has all effects that read answers look again now. */
  publish(): void {
    this.#answers.publish();
  }

  async #refresh(id: string): Promise<void> {
    const record = await this.store.get(id);
    const before = this.record;
    if (!record || before?.id !== id) return;
    this.replace(record);
    for (const { key } of record.models) {
      // They were stored with it.
      if (!before.models.some((one) => one.key === key)) await this.#readAnswers(id, this.store, key);
    }
  }
  async #readAnswers(id: string, store: EvaluationStore, key?: string): Promise<void> {
    for await (const page of store.scanAnswers(id, key)) for (const answer of page) this.take(answer);
  }
}

const GONE = 'record-gone';
export const evaluationGone = (id: string): AppError =>
  new AppError({ kind: GONE, record: 'evaluation', id });
export const isEvaluationGone = (failure: Failure): boolean =>
  failure.kind === GONE && failure.record === 'evaluation';
export const isModelGone = (failure: Failure): boolean =>
  failure.kind === GONE && failure.record === 'evaluated-model';
