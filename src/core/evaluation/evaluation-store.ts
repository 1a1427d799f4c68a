/** What is stored of evaluations: a record each, its tasks, and every answer of every model. */
import type { AddedModel, Answer, EvaluationRecord, EvaluationTask, NewEvaluation } from './evaluation';
import type { PlanPlace } from '../plan/plan';
import type { GradeRow } from './grading';

/** What one write of this tab or another changed. */
export type EvaluationChange =
  | { readonly kind: 'changed' | 'deleted'; readonly id: string }
  | { readonly kind: 'answered'; readonly id: string; readonly answers: readonly Answer[] };

/**
 * Every method is one transaction. A record is changed by part, as it is stored at that moment: several tabs may change
 * one evaluation, and nothing that another tab wrote is put back.
 * @throws AppError storage-full, storage-unavailable, storage-too-new; record-gone when a write finds no such evaluation
 * or model any more
 */
export interface EvaluationStore {
  /** Newest first, without tasks and answers. */
  list(): Promise<readonly EvaluationRecord[]>;
  get(id: string): Promise<EvaluationRecord | undefined>;
  /** The tasks as they were when the evaluation started; empty when there is no such evaluation. */
  tasks(id: string): Promise<readonly EvaluationTask[]>;
  /**
   * Gives the evaluation its id and its models their keys.
   * @param planned the stage of a plan that it is made for; its id is written there too
   */
  create(
    record: NewEvaluation,
    tasks: readonly EvaluationTask[],
    planned?: PlanPlace,
  ): Promise<EvaluationRecord>;
  /** @param change of the record as it is stored; may be called again. @returns the record as it is now */
  change(id: string, change: (record: EvaluationRecord) => EvaluationRecord): Promise<EvaluationRecord>;
  /** Adds models under keys that never were there, and their answers with them. @param answersOf may be called again */
  addModels(
    id: string,
    models: readonly AddedModel[],
    answersOf?: (key: string) => readonly Answer[],
  ): Promise<EvaluationRecord>;
  /** Stores answers of one model of one evaluation. */
  saveAnswers(answers: readonly Answer[]): Promise<void>;
  /** Answers in pages, by model and index of the task. @param modelKey all models without it */
  scanAnswers(id: string, modelKey?: string): AsyncIterable<readonly Answer[]>;
  /** All raters' grades. */
  grades(id: string): Promise<readonly GradeRow[]>;
  /** Writes grades of one evaluation. @param removed ids of grades to delete */
  saveGrades(id: string, rows: readonly GradeRow[], removed: readonly string[]): Promise<void>;
  /** Removes a model, its answers and their grades. */
  removeModel(id: string, modelKey: string): Promise<EvaluationRecord>;
  /** Removes record, tasks, answers and grades. */
  delete(id: string): Promise<void>;
  /** Called after each change, also of other tabs. Returns a function that removes the listener. */
  watch(listener: (change: EvaluationChange) => void): () => void;
}
