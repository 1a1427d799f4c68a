import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AddedModel, type Answer, type NewEvaluation, answerId } from '../core/evaluation/evaluation';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { deleteDatabase } from '../testing/raw-database';
import { IdbEvaluationStore } from './idb-evaluation-store';

const TASKS = [{ id: 'a', instruction: 'Add.', input: '', references: ['1'], isClassification: null }];
const MODEL: AddedModel = {
  name: 'Model',
  modelId: 'one',
  origin: 'finetuned',
  hash: '',
  finished: false,
  seconds: 0,
};
const RECORD: NewEvaluation = {
  name: 'Before and after',
  createdAt: 1,
  set: { id: 'tiny', name: 'Tiny', count: 1, print: 5 },
  config: builtInEvaluation(1),
  models: [MODEL, MODEL],
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
  await store.saveAnswers([answer(id, 'm02', 0), answer(id, 'm02', 0)]);
  await store.saveAnswers([answer(other.id, 'm01', 0)]);
  expect(await idsOf(id, 'm01')).toEqual(many.map((one) => one.id).reverse());
  expect(await idsOf(id)).toHaveLength(1_251);
  const changed: string[] = [];
  store.watch(({ kind }) => changed.push(kind));
  expect((await store.removeModel(id, 'm01')).models).toEqual([{ ...MODEL, key: 'm02' }]);
  expect(await idsOf(id)).toEqual([answerId(id, 'm02', 0)]);
  await expect.poll(() => changed).toEqual(['changed']);
  await store.delete(id);
  expect(await idsOf(id)).toEqual([]);
  expect(await idsOf(other.id)).toHaveLength(1);
  await expect.poll(() => changed).toEqual(['changed', 'deleted']);
});

it('never gives a key again, not even that of a model of an old record whose answers are left', async () => {
  const { id } = await store.create(RECORD, TASKS);
  await store.removeModel(id, 'm02');
  expect((await store.addModels(id, [MODEL])).models.map(({ key }) => key)).toEqual(['m01', 'm03']);
  await store.saveAnswers([answer(id, 'm03', 0)]);
  await store.change(id, ({ keysGiven: _, ...old }) => ({ ...old, models: old.models.slice(0, 1) }));
  expect((await store.addModels(id, [MODEL])).models.map(({ key }) => key)).toEqual(['m01', 'm04']);
});

it('changes by part: two tabs add, rename and note at once, and all of it stays', async () => {
  const { id } = await store.create(RECORD, TASKS);
  const other = new IdbEvaluationStore();
  await Promise.all([
    store.addModels(id, [MODEL]),
    other.addModels(id, [MODEL]),
    store.change(id, (record) => ({ ...record, name: 'Renamed' })),
    other.removeModel(id, 'm01'),
  ]);
  expect(await store.get(id)).toMatchObject({
    name: 'Renamed',
    models: [{ key: 'm02' }, { key: 'm03' }, { key: 'm04' }],
  });
  other.close();
});

it('refuses answers and grades of what is not stored any more', async () => {
  const { id } = await store.create(RECORD, TASKS);
  await store.removeModel(id, 'm01');
  await expect(store.saveAnswers([answer(id, 'm01', 0)])).rejects.toMatchObject({
    failure: { kind: 'record-gone', record: 'evaluated-model', id: 'm01' },
  });
  await store.delete(id);
  const failure = { kind: 'record-gone', record: 'evaluation', id };
  await expect(store.saveAnswers([answer(id, 'm02', 0)])).rejects.toMatchObject({ failure });
  await expect(store.change(id, (record) => record)).rejects.toMatchObject({ failure });
  await expect(store.addModels(id, [MODEL])).rejects.toMatchObject({ failure });
  await expect(store.saveGrades(id, [], [])).rejects.toMatchObject({ failure });
  expect(await idsOf(id)).toEqual([]);
  expect(await store.list()).toEqual([]);
});

it('stores a model with its answers as one: all of them, or neither', async () => {
  const { id } = await store.create(RECORD, TASKS);
  const answers = (key: string): Answer[] => Array.from({ length: 1_200 }, (_, i) => answer(id, key, i));
  const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')?.value as (
    ...values: unknown[]
  ) => IDBRequest<IDBValidKey>;
  let left = 700;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...values) {
    if (this.name === 'answers' && left-- === 0) throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, values);
  });
  await expect(store.addModels(id, [MODEL], answers)).rejects.toMatchObject({
    failure: { kind: 'storage-full' },
  });
  vi.restoreAllMocks();
  expect((await store.get(id))?.models).toHaveLength(2);
  expect(await idsOf(id)).toEqual([]);
  await store.addModels(id, [{ ...MODEL, finished: true }], answers);
  expect(await idsOf(id, 'm03')).toHaveLength(1_200);
});

it('tells other tabs of records and answers', async () => {
  const { id } = await store.create(RECORD, TASKS);
  const other = new IdbEvaluationStore();
  await other.list();
  const heard: unknown[] = [];
  other.watch((change) => heard.push(change));
  await store.saveAnswers([answer(id, 'm01', 3)]);
  await expect.poll(() => heard).toEqual([{ kind: 'answered', id, answers: [answer(id, 'm01', 3)] }]);
  await store.change(id, (record) => ({ ...record, name: 'Renamed' }));
  await store.delete(id);
  await expect.poll(() => heard.at(-1)).toEqual({ kind: 'deleted', id });
  other.close();
});
