/** Evaluations in IndexedDB: records, their tasks, every answer as it comes, and its grades. */
import type { Answer, EvaluationRecord, EvaluationTask } from '../core/evaluation/evaluation';
import type { EvaluationStore } from '../core/evaluation/evaluation-store';
import type { GradeRow } from '../core/evaluation/grading';
import { Listeners } from '../core/listeners';
import { Connection } from './connection';
import { mintId } from './mint-id';

const PAGE = 1_000;

/** Answers of an evaluation, or of one model in it, and their grades: ids begin alike. */
const answerRange = (id: string, modelKey = ''): IDBKeyRange => {
  const prefix = modelKey === '' ? `${id}-` : `${id}-${modelKey}-`;
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
};

export class IdbEvaluationStore implements EvaluationStore {
  readonly #connection: Connection;
  readonly #listeners = new Listeners();

  /** @param connection shared with other stores; by default one of its own. */
  constructor(connection = new Connection()) {
    this.#connection = connection;
  }

  async list(): Promise<readonly EvaluationRecord[]> {
    const records = await this.#connection.read(['evaluations'], (tx) =>
      tx.objectStore('evaluations').getAll(),
    );
    return records.reverse();
  }

  get(id: string): Promise<EvaluationRecord | undefined> {
    return this.#connection.read(['evaluations'], (tx) => tx.objectStore('evaluations').get(id));
  }

  async tasks(id: string): Promise<readonly EvaluationTask[]> {
    const stored = await this.#connection.read(['evaluationTasks'], (tx) =>
      tx.objectStore('evaluationTasks').get(id),
    );
    return stored?.tasks ?? [];
  }

  async create(
    record: Omit<EvaluationRecord, 'id'>,
    tasks: readonly EvaluationTask[],
  ): Promise<EvaluationRecord> {
    const created = await this.#connection.write(
      ['evaluations', 'evaluationTasks', 'settings'],
      'strict',
      async (tx) => {
        const { id } = await mintId(tx, 'evaluations');
        const evaluation = { ...record, id };
        tx.put('evaluations', evaluation);
        tx.put('evaluationTasks', { evaluationId: evaluation.id, tasks });
        return evaluation;
      },
    );
    this.#listeners.notify();
    return created;
  }

  async save(record: EvaluationRecord): Promise<void> {
    await this.#connection.write(['evaluations'], 'strict', (tx) => tx.put('evaluations', record));
    this.#listeners.notify();
  }

  async saveAnswers(answers: readonly Answer[]): Promise<void> {
    await this.#connection.write(['answers'], 'relaxed', (tx) => {
      for (const answer of answers) tx.put('answers', answer);
    });
  }

  async *scanAnswers(id: string, modelKey = ''): AsyncGenerator<readonly Answer[]> {
    let range: IDBKeyRange | null = answerRange(id, modelKey);
    while (range) {
      const asked: IDBKeyRange = range;
      const page = await this.#connection.read(['answers'], (tx) =>
        tx.objectStore('answers').getAll(asked, PAGE),
      );
      if (page.length > 0) yield page;
      const last = page.at(-1);
      range = last && page.length === PAGE ? IDBKeyRange.bound(last.id, asked.upper, true) : null;
    }
  }

  grades(id: string): Promise<readonly GradeRow[]> {
    return this.#connection.read(['grades'], (tx) => tx.objectStore('grades').getAll(answerRange(id)));
  }

  async saveGrades(rows: readonly GradeRow[], removed: readonly string[]): Promise<void> {
    await this.#connection.write(['grades'], 'strict', (tx) => {
      for (const row of rows) tx.put('grades', row);
      for (const id of removed) tx.delete('grades', id);
    });
  }

  async removeModel(record: EvaluationRecord, modelKey: string): Promise<void> {
    await this.#connection.write(['evaluations', 'answers', 'grades'], 'strict', (tx) => {
      tx.put('evaluations', record);
      tx.delete('answers', answerRange(record.id, modelKey));
      tx.delete('grades', answerRange(record.id, modelKey));
    });
    this.#listeners.notify();
  }

  async delete(id: string): Promise<void> {
    await this.#connection.write(['evaluations', 'evaluationTasks', 'answers', 'grades'], 'strict', (tx) => {
      tx.delete('evaluations', id);
      tx.delete('evaluationTasks', id);
      tx.delete('answers', answerRange(id));
      tx.delete('grades', answerRange(id));
    });
    this.#listeners.notify();
  }

  watch(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.#connection.close();
  }
}
