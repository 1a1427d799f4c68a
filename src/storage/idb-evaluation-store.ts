/** Evaluations in IndexedDB: records, their tasks, every answer as it comes, and its grades. */
import { AppError } from '../core/errors';
import type { Answer, EvaluationRecord, EvaluationTask } from '../core/evaluation/evaluation';
import type { EvaluationStore } from '../core/evaluation/evaluation-store';
import type { GradeRow } from '../core/evaluation/grading';
import { Connection } from './connection';

/** Number of the evaluation made last, so that an id is never given twice. */
const LAST_NUMBER = 'store:last-evaluation-number';
const PAGE = 1_000;

/** Answers of an evaluation, or of one model in it, and their grades: ids begin alike. */
const answerRange = (id: string, modelKey = ''): IDBKeyRange => {
  const prefix = modelKey === '' ? `${id}-` : `${id}-${modelKey}-`;
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
};

export class IdbEvaluationStore implements EvaluationStore {
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();

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
        const given = Number((await tx.get('settings', LAST_NUMBER)) ?? 0);
        const last = Number((await tx.lastKey('evaluations'))?.slice(1) ?? 0);
        const number = Math.max(given, last) + 1;
        if (!Number.isSafeInteger(number)) {
          throw new AppError({
            kind: 'storage-unavailable',
            detail: 'an evaluation has an id that is not ours',
          });
        }
        // Ids sort as they were made.
        const evaluation = { ...record, id: `e${String(number).padStart(4, '0')}` };
        tx.put('settings', number, LAST_NUMBER);
        tx.put('evaluations', evaluation);
        tx.put('evaluationTasks', { evaluationId: evaluation.id, tasks });
        return evaluation;
      },
    );
    this.#tell();
    return created;
  }

  async save(record: EvaluationRecord): Promise<void> {
    await this.#connection.write(['evaluations'], 'strict', (tx) => tx.put('evaluations', record));
    this.#tell();
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
    this.#tell();
  }

  async delete(id: string): Promise<void> {
    await this.#connection.write(['evaluations', 'evaluationTasks', 'answers', 'grades'], 'strict', (tx) => {
      tx.delete('evaluations', id);
      tx.delete('evaluationTasks', id);
      tx.delete('answers', answerRange(id));
      tx.delete('grades', answerRange(id));
    });
    this.#tell();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.#connection.close();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
