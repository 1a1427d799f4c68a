import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedId } from '../core/ids';
import { initialProgress } from '../core/pipeline/progress';
import type { StoreChange } from '../core/ports';
import { type Rating, ratingId } from '../core/review/rating';
import type { MachineTask, RunId, Task, TaskId } from '../core/task';
import { commitAs } from '../testing/commit';
import { deleteDatabase, makeFirstVersion } from '../testing/raw-database';
import { complete, identified, machineTask, tinyNewRun } from '../testing/tiny-pool';
import { IdbRunStore } from './idb-run-store';

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

describe('ratings', () => {
  const rating = (run: RunId, seq: number, rater: string, flagged = true): Rating => {
    const { id: taskId } = machineTask(run, seq);
    const answers = { valid: true, input: null, output: false };
    const mark = { verdict: null, flagged, answers, print: 7, ratedAt: 1 };
    return { ...mark, id: ratingId(taskId, rater), runId: run, taskId, rater };
  };
  it('are kept by task and rater, replaced, taken back and told', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const other = await store.createRun(tinyNewRun(10));
    const told: StoreChange[] = [];
    store.watch((change) => told.push(change));
    const [a, b] = [rating(id, 1, 'Ana'), rating(id, 1, 'Ben')];
    await store.saveRatings(id, [a, b, rating(id, 2, 'Ana')], []);
    await store.saveRatings(other.id, [rating(other.id, 1, 'Ana')], []);
    const again = rating(id, 1, 'Ana', false);
    await store.saveRatings(id, [again], [rating(id, 2, 'Ana').id]);
    expect(await all(store.scanRatings(id))).toEqual([again, b]);
    expect(told.at(-1)).toEqual({
      kind: 'ratings',
      runId: id,
      ratings: [again],
      removed: [rating(id, 2, 'Ana').id],
    });
    await store.deleteRun(id);
    expect(await all(store.scanRatings(id))).toEqual([]);
    expect(await all(store.scanRatings(other.id))).toHaveLength(1);
  });
  it('find their store in a database of the first version, with all its rows', async () => {
    await makeFirstVersion([{ id: 'r0001', number: 1 }]);
    expect(await store.setting('a setting')).toBe('kept');
    const run = 'r0001' as RunId;
    await store.saveRatings(run, [rating(run, 1, 'Ana')], []);
    expect(await all(store.scanRatings(run))).toHaveLength(1);
  });
});

it('many tasks are changed as one, and the counters follow', async () => {
  const { id } = await store.createRun(tinyNewRun(10));
  const tasks = Array.from({ length: 600 }, (_, seq) => complete(identified(machineTask(id, seq))));
  await commitAs(store, {
    progress: { ...initialProgress(id), kept: 600, completed: 600, instances: 600 },
    tasks,
  });
  const told: StoreChange[] = [];
  store.watch((change) => told.push(change));
  const asked: number[] = [];
  // One in three stays, and one is not there.
  const changed = tasks.filter(({ seq }) => seq % 3 > 0);
  await store.changeTasks(
    id,
    [...tasks.map((task) => task.id), `${id}-z` as TaskId],
    (task) => (task.origin === 'machine' && task.seq % 3 > 0 ? complete(task, 2) : null),
    (done) => asked.push(done),
  );
  expect(asked).toEqual([50, 100, 150, 200, 250, 300, 300.5, 434.5, 468, 501.5, 535, 568.5, 601]);
  expect(await store.progress(id)).toMatchObject({ kept: 600, completed: 600, instances: 1000 });
  const rows = told.flatMap((change) => (change.kind === 'rows' ? change.tasks : []));
  expect(rows).toEqual(changed.map((task) => complete(task, 2)));
  expect(await store.task(tasks[0]?.id as TaskId)).toEqual(tasks[0]);
  // A task of another run: its lock is not held here.
  const { id: other } = await store.createRun(tinyNewRun(10));
  const theirs = seedId(other, 0);
  await expect(
    store.changeTasks(
      id,
      [theirs],
      (task) => task,
      () => undefined,
    ),
  ).rejects.toThrow(RangeError);
  // A row that cannot be stored: none of them is.
  const unstorable = (task: Task): Task => {
    const next = complete(task as MachineTask, 3);
    return task.id === tasks[599]?.id ? Object.assign(next, { extra: () => 0 }) : next;
  };
  const ids = tasks.map((task) => task.id);
  await expect(store.changeTasks(id, ids, unstorable, () => undefined)).rejects.toThrow();
  expect(await store.progress(id)).toMatchObject({ instances: 1000 });
  expect(await store.task(tasks[1]?.id as TaskId)).toEqual(complete(tasks[1] as MachineTask, 2));
});

it('asks for the tasks with the ids alone, wherever they stand, and for each once', async () => {
  const { id } = await store.createRun(tinyNewRun(10));
  const tasks = Array.from({ length: 500 }, (_, seq) => complete(identified(machineTask(id, seq))));
  await commitAs(store, { progress: initialProgress(id), tasks });
  const all = tasks.map((task) => task.id);
  const askedFor = async (ids: readonly TaskId[]): Promise<TaskId[]> => {
    const asked: TaskId[] = [];
    const stay = ({ id: taskId }: Task): null => {
      asked.push(taskId);
      return null;
    };
    await store.changeTasks(id, ids, stay, () => undefined);
    return asked;
  };
  const pick = (...places: number[]): TaskId[] => places.map((place) => all[place] as TaskId);
  expect(await askedFor([])).toEqual([]);
  for (const ids of [
    pick(7),
    pick(0, 499),
    pick(3, 4, 250, 251, 498),
    all.filter((_, i) => i % 7 === 0),
    all,
    [seedId(id, 3), ...pick(0, 499)],
  ]) {
    const order = ids.toSorted();
    expect(await askedFor(ids)).toEqual(order);
    expect(await askedFor(ids.toReversed())).toEqual(order);
  }
});
