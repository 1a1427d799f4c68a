/** Evaluations in IndexedDB: records, their tasks, every answer as it comes, and its grades. */
import { AppError, type GoneRecord } from '../core/errors';
import {
  type AddedModel,
  type Answer,
  type EvaluationRecord,
  type EvaluationTask,
  type NewEvaluation,
  withModels,
  withoutModel,
} from '../core/evaluation/evaluation';
import type { EvaluationChange, EvaluationStore } from '../core/evaluation/evaluation-store';
import type { GradeRow } from '../core/evaluation/grading';
import type { PlanPlace } from '../core/plan/plan';
import type { ChangedKeys } from './change-notices';
import type { WriteTransaction } from './connection';
import { madeFor } from './idb-plan-store';
import { IdbStore } from './idb-store';
import { mintId } from './mint-id';

const PAGE = 1_000;
/** Rows that are written before the page gets its turn. */
const WRITTEN_AT_ONCE = 500;

/** Answers of an evaluation, or of one model in it, and their grades: ids begin alike. */
const answerRange = (id: string, modelKey = ''): IDBKeyRange => {
  const prefix = modelKey === '' ? `${id}-` : `${id}-${modelKey}-`;
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
};
const gone = (record: GoneRecord, id: string): AppError => new AppError({ kind: 'record-gone', record, id });

export class IdbEvaluationStore extends IdbStore<[EvaluationChange]> implements EvaluationStore {
  async list(): Promise<readonly EvaluationRecord[]> {
    return (await this.connection.getAll('evaluations')).reverse();
  }

  get(id: string): Promise<EvaluationRecord | undefined> {
    return this.connection.get('evaluations', id);
  }

  async tasks(id: string): Promise<readonly EvaluationTask[]> {
    return (await this.connection.get('evaluationTasks', id))?.tasks ?? [];
  }

  create(
    record: NewEvaluation,
    tasks: readonly EvaluationTask[],
    planned?: PlanPlace,
  ): Promise<EvaluationRecord> {
    return this.connection.write(
      ['evaluations', 'evaluationTasks', 'settings', 'plans'],
      'strict',
      async (tx) => {
        const { id } = await mintId(tx, 'evaluations');
        const evaluation = withModels({ ...record, id, models: [], keysGiven: 0 }, record.models);
        tx.put('evaluations', evaluation);
        tx.put('evaluationTasks', { evaluationId: id, tasks });
        await madeFor(tx, planned, id);
        return evaluation;
      },
    );
  }

  change(id: string, change: (record: EvaluationRecord) => EvaluationRecord): Promise<EvaluationRecord> {
    return this.connection.write(['evaluations'], 'strict', (tx) => changeStored(tx, id, change));
  }

  addModels(
    id: string,
    models: readonly AddedModel[],
    answersOf: (key: string) => readonly Answer[] = () => [],
  ): Promise<EvaluationRecord> {
    return this.connection.write(['evaluations', 'answers'], 'strict', async (tx) => {
      const last = await tx.lastKey('answers', answerRange(id));
      const record = await changeStored(tx, id, (before) => withModels(before, models, last?.split('-')[1]));
      for (const { key } of record.models.slice(-models.length)) {
        const answers = answersOf(key);
        for (const [i, answer] of answers.entries()) {
          tx.put('answers', answer);
          // Thousands of rows in one go would hold up the page: any answer of the database gives it its turn.
          if (i % WRITTEN_AT_ONCE === WRITTEN_AT_ONCE - 1) await tx.get('evaluations', id);
        }
      }
      return record;
    });
  }

  async saveAnswers(answers: readonly Answer[]): Promise<void> {
    const [first] = answers;
    if (!first) return;
    await this.connection.write(['evaluations', 'answers'], 'relaxed', async (tx) => {
      await stored(tx, first.evaluationId, [first.modelKey]);
      for (const answer of answers) tx.put('answers', answer);
    });
  }

  scanAnswers(id: string, modelKey = ''): AsyncIterable<readonly Answer[]> {
    return this.connection.scan('answers', answerRange(id, modelKey), PAGE);
  }

  grades(id: string): Promise<readonly GradeRow[]> {
    return this.connection.getAll('grades', answerRange(id));
  }

  async saveGrades(id: string, rows: readonly GradeRow[], removed: readonly string[]): Promise<void> {
    await this.connection.write(['evaluations', 'grades'], 'strict', async (tx) => {
      await stored(tx, id, [...new Set(rows.map(({ modelKey }) => modelKey))]);
      for (const row of rows) tx.put('grades', row);
      for (const gradeId of removed) tx.delete('grades', gradeId);
    });
  }

  removeModel(id: string, modelKey: string): Promise<EvaluationRecord> {
    return this.connection.write(['evaluations', 'answers', 'grades'], 'strict', async (tx) => {
      const record = await changeStored(tx, id, (before) => withoutModel(before, modelKey));
      tx.delete('answers', answerRange(id, modelKey));
      tx.delete('grades', answerRange(id, modelKey));
      return record;
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

  /** Answers of this tab are told by whoever asked for them. */
  protected override changed(keys: ChangedKeys, elsewhere: boolean): void {
    for (const id of keys.get('evaluations') ?? []) void this.#tell(id);
    const answered = elsewhere ? [...(keys.get('answers') ?? [])] : [];
    for (const [id, ids] of Map.groupBy(answered, (key) => key.slice(0, key.indexOf('-')))) {
      void this.#tellAnswers(id, ids);
    }
  }

  /** Only hints: who reads next meets a fault of the storage itself. */
  async #tell(id: string): Promise<void> {
    const record = await this.get(id).catch(() => null);
    if (record !== null) this.listeners.notify({ kind: record ? 'changed' : 'deleted', id });
  }
  async #tellAnswers(id: string, ids: readonly string[]): Promise<void> {
    const rows: readonly (Answer | undefined)[] = await this.connection
      .read(['answers'], (tx) => Promise.all(ids.map((key) => tx.objectStore('answers').get(key))))
      .catch(() => []);
    const answers = rows.filter((row) => row !== undefined);
    if (answers.length > 0) this.listeners.notify({ kind: 'answered', id, answers });
  }
}

/** @throws AppError record-gone, where the evaluation or one of the models is not stored any more */
async function stored(
  tx: WriteTransaction,
  id: string,
  keys: readonly string[] = [],
): Promise<EvaluationRecord> {
  const record = await tx.get('evaluations', id);
  if (!record) throw gone('evaluation', id);
  const missing = keys.find((wanted) => !record.models.some(({ key }) => key === wanted));
  if (missing !== undefined) throw gone('evaluated-model', missing);
  return record;
}

/** @throws AppError record-gone */
async function changeStored(
  tx: WriteTransaction,
  id: string,
  change: (record: EvaluationRecord) => EvaluationRecord,
): Promise<EvaluationRecord> {
  const record = await tx.change('evaluations', id, (before) => before && change(before));
  if (!record) throw gone('evaluation', id);
  return record;
}
