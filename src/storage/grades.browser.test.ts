import { afterEach, beforeEach, expect, it } from 'vitest';
import { gradeId, type GradeRow } from '../core/evaluation/grading';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { deleteDatabase } from '../testing/raw-database';
import { IdbEvaluationStore } from './idb-evaluation-store';

const RECORD = {
  name: 'Graded',
  createdAt: 1,
  set: { id: 'tiny', name: 'Tiny', count: 1, print: 5 },
  config: builtInEvaluation(1),
  models: ['one', 'two'].map((name) => ({
    name,
    modelId: name,
    origin: 'file' as const,
    hash: '',
    finished: false,
    seconds: 0,
  })),
};
const grade = (evaluationId: string, modelKey: string, rater = 'Ana'): GradeRow => ({
  id: gradeId(evaluationId, modelKey, 3, rater),
  evaluationId,
  modelKey,
  taskId: 't3',
  index: 3,
  rater,
  grade: 'B',
  print: 9,
  at: 1,
});
let store: IdbEvaluationStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbEvaluationStore();
});
afterEach(() => store.close());

it('keeps grades by rater, replaces and takes back, and removes them with their model or evaluation', async () => {
  const { id } = await store.create(RECORD, []);
  const other = await store.create(RECORD, []);
  const [ana, ben, second] = [grade(id, 'm01'), grade(id, 'm01', 'Ben ~ \u4e2d'), grade(id, 'm02')];
  await store.saveGrades(id, [ana, ben, second], []);
  await store.saveGrades(other.id, [grade(other.id, 'm01')], []);
  await store.saveGrades(id, [{ ...ana, grade: 'D' }], [second.id]);
  expect(await store.grades(id)).toEqual([{ ...ana, grade: 'D' }, ben]);
  await store.saveGrades(id, [second], []);
  await store.removeModel(id, 'm01');
  expect(await store.grades(id)).toEqual([second]);
  await store.delete(id);
  expect(await store.grades(id)).toEqual([]);
  expect(await store.grades(other.id)).toHaveLength(1);
});
