import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, type EvaluationRecord, answerId } from '../core/evaluation/evaluation';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { deleteDatabase } from '../testing/raw-database';
import { IdbEvaluationStore } from './idb-evaluation-store';

const TASKS = [{ id: 'a', instruction: 'Add.', input: '', references: ['1'], isClassification: null }];
const RECORD: Omit<EvaluationRecord, 'id'> = {
  name: 'Before and after',
  createdAt: 1,
  set: { id: 'tiny', name: 'Tiny', count: 1, print: 5 },
  config: builtInEvaluation(1),
  models: [],
};
const answer = (evaluationId: string, modelKey: string, index: number): Answer => ({
  id: answerId(evaluationId, modelKey, index),
  evaluationId,
  modelKey,
  taskId: `t${index}`,
  outcome: 'answered',
  text: `answer ${index}`,
  finishReason: 'stop',
  promptTokens: 1,
  completionTokens: 1,
  seconds: 0,
  createdAt: 1,
});
let store: IdbEvaluationStore;
const idsOf = async (id: string, key?: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const page of store.scanAnswers(id, key)) ids.push(...page.map((one) => one.id));
  return ids;
};

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbEvaluationStore();
});
afterEach(() => store.close());

it('gives ids that never come again, and lists the newest first without tasks', async () => {
  const first = await store.create(RECORD, TASKS);
  const second = await store.create({ ...RECORD, name: 'Again' }, []);
  expect([first.id, second.id]).toEqual(['e0001', 'e0002']);
  await store.delete(second.id);
  expect((await store.create(RECORD, TASKS)).id).toBe('e0003');
  expect((await store.list()).map(({ id }) => id)).toEqual(['e0003', 'e0001']);
  expect(await store.tasks(first.id)).toEqual(TASKS);
  expect(await store.tasks('e0099')).toEqual([]);
});

it('reads answers in pages by model and place, and removes them with their model or evaluation', async () => {
  const { id } = await store.create(RECORD, TASKS);
  const other = await store.create(RECORD, TASKS);
  const many = Array.from({ length: 1_250 }, (_, i) => answer(id, 'm01', 1_249 - i));
  await store.saveAnswers(many);
  await store.saveAnswers([answer(id, 'm02', 0), answer(other.id, 'm01', 0), answer(id, 'm02', 0)]);
  expect(await idsOf(id, 'm01')).toEqual(many.map((one) => one.id).reverse());
  expect(await idsOf(id)).toHaveLength(1_251);
  const changed: string[] = [];
  store.watch(() => changed.push('told'));
  await store.removeModel({ ...RECORD, id, name: 'Without one' }, 'm01');
  expect(await idsOf(id)).toEqual([answerId(id, 'm02', 0)]);
  expect((await store.get(id))?.name).toBe('Without one');
  await store.delete(id);
  expect(await idsOf(id)).toEqual([]);
  expect(await idsOf(other.id)).toHaveLength(1);
  expect(changed).toHaveLength(2);
});
