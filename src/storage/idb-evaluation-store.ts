/** Evaluations in IndexedDB: records, their tasks, every answer as it comes, and its grades. */
import type { Answer, EvaluationRecord, EvaluationTask } from '../core/evaluation/evaluation';
import type { EvaluationStore } from '../core/evaluation/evaluation-store';
import type { GradeRow } from '../core/evaluation/grading';
import type { ChangedKeys } from './change-notices';
import { IdbStore } from './idb-store';
import { mintId } from './mint-id';

const PAGE = 1_000;

/** Answers of an evaluation, or of one model in it, and their grades: ids begin alike. */
const answerRange = (id: string, modelKey = ''): IDBKeyRange => {
  const prefix = modelKey === '' ? `${id}-` : `${id}-${modelKey}-`;
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
};

export class IdbEvaluationStore extends IdbStore implements EvaluationStore {
  async list(): Promise<readonly EvaluationRecord[]> {
    return (await this.connection.getAll('evaluations')).reverse();
  }

  get(id: string): Promise<EvaluationRecord | undefined> {
    return this.connection.get('evaluations', id);
  }

  async tasks(id: string): Promise<readonly EvaluationTask[]> {
    return (await this.connection.get('evaluationTasks', id))?.tasks ?? [];
  }

  create(record: Omit<EvaluationRecord, 'id'>, tasks: readonly EvaluationTask[]): Promise<EvaluationRecord> {
    return this.connection.write(['evaluations', 'evaluationTasks', 'settings'], 'strict', async (tx) => {
      const { id } = await mintId(tx, 'evaluations');
      const evaluation = { ...record, id };
      tx.put('evaluations', evaluation);
      tx.put('evaluationTasks', { evaluationId: evaluation.id, tasks });
      return evaluation;
    });
  }

  async save(record: EvaluationRecord): Promise<void> {
    await this.connection.write(['evaluations'], 'strict', (tx) => tx.put('evaluations', record));
  }

  async saveAnswers(answers: readonly Answer[]): Promise<void> {
    await this.connection.write(['answers'], 'relaxed', (tx) => {
      for (const answer of answers) tx.put('answers', answer);
    });
  }

  scanAnswers(id: string, modelKey = ''): AsyncIterable<readonly Answer[]> {
    return this.connection.scan('answers', answerRange(id, modelKey), PAGE);
  }

  grades(id: string): Promise<readonly GradeRow[]> {
    return this.connection.getAll('grades', answerRange(id));
  }

  async saveGrades(rows: readonly GradeRow[], removed: readonly string[]): Promise<void> {
    await this.connection.write(['grades'], 'strict', (tx) => {
      for (const row of rows) tx.put('grades', row);
      for (const id of removed) tx.delete('grades', id);
    });
  }

  async removeModel(record: EvaluationRecord, modelKey: string): Promise<void> {
    await this.connection.write(['evaluations', 'answers', 'grades'], 'strict', (tx) => {
      tx.put('evaluations', record);
      tx.delete('answers', answerRange(record.id, modelKey));
      tx.delete('grades', answerRange(record.id, modelKey));
    });
  }

  async delete(id: string): Promise<void> {
    await this.connection.write(['evaluations', 'evaluationTasks', 'answers', 'grades'], 'strict', (tx) => {
      tx.delete('evaluations', id);
      tx.delete('evaluationTasks', id);
      tx.delete('answers', answerRange(id));
      tx.delete('grades', answerRange(id));
    });
  }

  protected override changed(changed: ChangedKeys): void {
    if (changed.has('evaluations')) this.listeners.notify();
  }
}
