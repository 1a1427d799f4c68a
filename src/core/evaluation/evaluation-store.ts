/** What is stored of evaluations: a record each, its tasks, and every answer of every model. */
import type { Answer, EvaluationRecord, EvaluationTask } from './evaluation';
import type { GradeRow } from './grading';

/**
 * Every method is one transaction.
 * @throws AppError storage-full, storage-unavailable, storage-too-new
 */
export interface EvaluationStore {
  /** Newest first, without tasks and answers. */
  list(): Promise<readonly EvaluationRecord[]>;
  get(id: string): Promise<EvaluationRecord | undefined>;
  /** The tasks as they were when the evaluation started; empty when there is no such evaluation. */
  tasks(id: string): Promise<readonly EvaluationTask[]>;
  /** Gives the evaluation its id. */
  create(record: Omit<EvaluationRecord, 'id'>, tasks: readonly EvaluationTask[]): Promise<EvaluationRecord>;
  save(record: EvaluationRecord): Promise<void>;
  saveAnswers(answers: readonly Answer[]): Promise<void>;
  /** Answers in pages, by model and index of the task. @param modelKey all models without it */
  scanAnswers(id: string, modelKey?: string): AsyncIterable<readonly Answer[]>;
  /** All raters' grades. */
  grades(id: string): Promise<readonly GradeRow[]>;
  /** @param removed ids of grades to delete */
  saveGrades(rows: readonly GradeRow[], removed: readonly string[]): Promise<void>;
  /** Writes the record and removes the answers of a model that it no longer has, with their grades. */
  removeModel(record: EvaluationRecord, modelKey: string): Promise<void>;
  /** Removes record, tasks, answers and grades. */
  delete(id: string): Promise<void>;
  /** Called after each change of a record by this page. Returns a function that removes the listener. */
  watch(listener: () => void): () => void;
}
