import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitAs } from '../testing/commit';
import { deleteDatabase, openRaw } from '../testing/raw-database';
import {
  candidateOf,
  complete,
  identified,
  instructionCall,
  machineTask,
  tinyNewRun,
  tinySeeds,
} from '../testing/tiny-pool';
import { seedId } from '../core/ids';
import { initialProgress } from '../core/pipeline/progress';
import type { BackupRow, StoreChange } from '../core/ports';
import type { MachineTask, RunId } from '../core/task';
import { IdbRunStore } from './idb-run-store';
import { DATABASE_VERSION } from './schema';

const never = new AbortController().signal;
async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
async function* paged<T>(...pages: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  yield* pages;
  await Promise.resolve();
}

let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

describe('the database', () => {
  it('is made from nothing with all stores and the index by stage', async () => {
    await store.latestRuns(1);
    const raw = await openRaw();
    expect(raw.version).toBe(DATABASE_VERSION);
    expect([...raw.objectStoreNames]).toEqual([
      'answers',
      'calls',
      'candidates',
      'checkpoints',
      'evaluationTasks',
      'evaluations',
      'grades',
      'models',
      'outbox',
      'plans',
      'progress',
      'ratings',
      'runs',
      'seedSets',
      'settings',
      'tasks',
      'trainings',
      'undoEdits',
      'undoSteps',
    ]);
    const tasks = raw.transaction('tasks').objectStore('tasks');
    expect(tasks.index('by-stage').keyPath).toEqual(['runId', 'stage']);
    raw.close();
  });
  it('reads nothing whole and counts nothing when the app opens', async () => {
    const run = await store.createRun(tinyNewRun(10));
    const spies = [
      vi.spyOn(IDBObjectStore.prototype, 'getAll'),
      vi.spyOn(IDBObjectStore.prototype, 'getAllKeys'),
      vi.spyOn(IDBObjectStore.prototype, 'count'),
      vi.spyOn(IDBIndex.prototype, 'getAll'),
      vi.spyOn(IDBIndex.prototype, 'getAllKeys'),
      vi.spyOn(IDBIndex.prototype, 'count'),
    ];
    const fresh = new IdbRunStore();
    expect(await fresh.latestRuns(3)).toHaveLength(1);
    await fresh.run(run.id);
    await fresh.progress(run.id);
    await fresh.setting('appearance');
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    fresh.close();
  });
  it('does not tell an error of the program as one of its own, nor try it again', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const wrong = vi.fn(() => {
      throw new TypeError('no such property');
    });
    const [task] = await all(store.scanTasks(id));
    await expect(store.changeTasks(id, [task!.id], wrong, () => undefined)).rejects.toThrow(TypeError);
    expect(wrong).toHaveBeenCalledOnce();
    await expect(store.saveSetting('x', () => undefined)).rejects.toMatchObject({ name: 'DataCloneError' });
  });
  it('lets a newer build upgrade, and says so afterwards', async () => {
    await store.createRun(tinyNewRun(10));
    const newer = await openRaw(DATABASE_VERSION + 1);
    await expect(store.latestRuns(1)).rejects.toMatchObject({
      failure: { kind: 'storage-too-new', stored: DATABASE_VERSION + 1, known: DATABASE_VERSION },
    });
    newer.close();
  });
  it('does not wait for ever for a tab that holds an older version', async () => {
    await store.latestRuns(1);
    store.close();
    const stubborn = await openRaw();
    const open = indexedDB.open.bind(indexedDB);
    const spy = vi
      .spyOn(indexedDB, 'open')
      .mockImplementation((name, version = 1) => open(name, version + 1));
    await expect(store.latestRuns(1)).rejects.toMatchObject({ failure: { kind: 'storage-unavailable' } });
    spy.mockRestore();
    stubborn.close();
    // The upgrade that nobody waits for comes through now and must not stay open: another one is not blocked.
    (await openRaw(DATABASE_VERSION + 2)).close();
  });
  it('closes and opens again at the next call', async () => {
    const run = await store.createRun(tinyNewRun(10));
    store.close();
    expect((await store.run(run.id))?.run).toEqual(run);
  });
});

describe('runs', () => {
  it('are created with their seeds, numbered in order, never twice', async () => {
    const first = await store.createRun(tinyNewRun(10));
    const second = await store.createRun(tinyNewRun(10));
    expect([first.id, second.id, second.number]).toEqual(['r0001', 'r0002', 2]);
    expect(await store.progress(first.id)).toEqual(initialProgress(first.id));
    const seeds = await all(store.scanTasks(first.id));
    expect(seeds.map(({ id }) => id)).toEqual(tinySeeds().map((_, i) => seedId(first.id, i)));
    expect(seeds[0]).toMatchObject({ origin: 'seed', sourceId: 'seed_0', runId: 'r0001' });
    await store.deleteRun(second.id);
    expect((await store.createRun(tinyNewRun(10))).id).toBe('r0003');
  });
  it('are listed newest first, as many as asked for', async () => {
    for (let i = 0; i < 5; i++) await store.createRun(tinyNewRun(10));
    expect((await store.latestRuns(3)).map(({ run }) => run.number)).toEqual([5, 4, 3]);
  });
  it('are deleted with all their rows and nothing else', async () => {
    const [a, b] = [await store.createRun(tinyNewRun(10)), await store.createRun(tinyNewRun(10))];
    for (const { id } of [a, b]) await commitSome(id, 3);
    await store.deleteRun(a.id);
    expect(await store.run(a.id)).toBeUndefined();
    expect(await all(store.scanTasks(a.id))).toEqual([]);
    expect(await all(store.scanCandidates(a.id))).toEqual([]);
    expect(await all(store.scanCalls(a.id))).toEqual([]);
    expect(await all(store.scanTasks(b.id))).toHaveLength(13);
    expect(await all(store.scanCalls(b.id))).toHaveLength(3);
  });
  it('change their target; only one with all its instances is finished', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const progress = { ...initialProgress(id), kept: 4, completed: 3 };
    await commitAs(store, { progress });
    const finished = async (target: number): Promise<boolean | undefined> => {
      const { run, progress: stored } = await (await store.claim(id)).setTarget(target);
      expect(await store.run(id)).toEqual({ run, progress: stored });
      return stored.finished;
    };
    expect(await finished(4)).toBe(false);
    await commitAs(store, { progress: { ...progress, completed: 4 } });
    expect(await finished(4)).toBe(true);
    expect(await finished(5)).toBe(false);
    expect((await store.run(id))?.run.config.target).toBe(5);
  });
});

async function commitSome(id: RunId, count: number): Promise<MachineTask[]> {
  const tasks = Array.from({ length: count }, (_, i) => machineTask(id, i));
  await commitAs(store, {
    progress: { ...initialProgress(id), kept: count, nextSeq: count },
    tasks,
    candidates: tasks.map((task) => candidateOf(task)),
    calls: tasks.map((_, i) => instructionCall(id, i)),
  });
  return tasks;
}

describe('rows', () => {
  it('are written together, and writing them twice changes nothing', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    await commitSome(id, 3);
    const once = [
      await all(store.scanTasks(id)),
      await all(store.scanCandidates(id)),
      await all(store.scanCalls(id)),
    ];
    const tasks = await commitSome(id, 3);
    expect([
      await all(store.scanTasks(id)),
      await all(store.scanCandidates(id)),
      await all(store.scanCalls(id)),
    ]).toEqual(once);
    expect(await store.task(tasks[1]!.id)).toEqual(tasks[1]);
    expect(await store.candidate(tasks[1]!.id)).toEqual(candidateOf(tasks[1]!));
    expect(await store.call(instructionCall(id, 2).id)).toEqual(instructionCall(id, 2));
    expect(await store.calls([instructionCall(id, 2).id, 'none', instructionCall(id, 0).id])).toEqual([
      instructionCall(id, 2),
      undefined,
      instructionCall(id, 0),
    ]);
  });
  it('of tasks that wait for type or instances are found in order', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const other = await store.createRun(tinyNewRun(10));
    const tasks = Array.from({ length: 9 }, (_, i) => machineTask(id, i));
    const staged = tasks.map((task, i) =>
      i % 3 === 0 ? task : i % 3 === 1 ? identified(task) : complete(task),
    );
    await commitAs(store, { progress: initialProgress(id), tasks: staged });
    await commitAs(store, { progress: initialProgress(other.id), tasks: [machineTask(other.id, 0)] });
    expect((await store.unfinished(id)).map(({ seq }) => seq)).toEqual([0, 1, 3, 4, 6, 7]);
  });
  it('come in pages, 5,000 of them, seeds first, and only those of the run', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const other = await store.createRun(tinyNewRun(10));
    await commitAs(store, { progress: initialProgress(other.id), tasks: [machineTask(other.id, 0)] });
    const tasks = Array.from({ length: 5000 }, (_, i) => machineTask(id, i));
    for (let i = 0; i < 5000; i += 1000)
      await commitAs(store, {
        progress: initialProgress(id),
        tasks: tasks.slice(i, i + 1000),
        candidates: tasks.slice(i, i + 1000).map((task) => candidateOf(task)),
      });
    const sizes: number[] = [];
    const ids: string[] = [];
    for await (const page of store.scanTasks(id)) {
      sizes.push(page.length);
      ids.push(...page.map((task) => task.id));
    }
    expect(sizes).toEqual([10, ...Array.from({ length: 20 }, () => 250)]);
    expect(ids).toEqual([...tinySeeds().map((_, i) => seedId(id, i)), ...tasks.map((task) => task.id)]);
    expect((await all(store.scanCandidates(id))).map((candidate) => candidate.id)).toEqual(
      tasks.map((task) => task.id),
    );
  });
  it('edited or removed correct the counters, also when done twice', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const task = complete(machineTask(id, 0), 2);
    await commitAs(store, {
      progress: {
        ...initialProgress(id),
        kept: 1,
        identified: 1,
        completed: 1,
        instances: 2,
        droppedInstances: 1,
      },
      tasks: [task],
      candidates: [candidateOf(task)],
    });
    const edited = { ...complete(task, 5), instruction: 'Another text of mine.' };
    await store.changeTask(task.id, () => edited);
    await store.changeTask(task.id, () => edited);
    expect(await store.progress(id)).toMatchObject({ kept: 1, completed: 1, instances: 5 });
    await store.changeTask(task.id, () => undefined);
    await store.changeTask(task.id, () => undefined);
    expect(await store.progress(id)).toMatchObject({
      kept: 0,
      identified: 0,
      completed: 0,
      instances: 0,
      droppedInstances: 0,
    });
    expect(await store.candidate(task.id)).toEqual(candidateOf(task));
    const seed = (await all(store.scanTasks(id)))[0]!;
    await store.changeTask(seed.id, () => undefined);
    expect(await store.progress(id)).toMatchObject({ kept: 0 });
    expect(await all(store.scanTasks(id))).toHaveLength(9);
  });
  it('that nobody changed are not told, and a refused change stores nothing', async () => {
    const { id } = await store.createRun(tinyNewRun(10));
    const [task] = await commitSome(id, 1);
    const told = vi.fn();
    store.watch(told);
    expect(await store.changeTask(task!.id, (stored) => stored)).toEqual(task);
    const refused = store.changeTask(task!.id, () => {
      throw new RangeError('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(told).not.toHaveBeenCalled();
    expect(await store.task(task!.id)).toEqual(task);
  });
  it('told to listeners by kind', async () => {
    const changes: StoreChange[] = [];
    const stop = store.watch((change) => changes.push(change));
    const { id } = await store.createRun(tinyNewRun(10));
    const [task] = await commitSome(id, 1);
    await store.changeTask(task!.id, () => undefined);
    await (await store.claim(id)).setTarget(3);
    await store.deleteRun(id);
    stop();
    await store.createRun(tinyNewRun(10));
    expect(changes).toEqual([
      { kind: 'run-created', runId: id },
      { kind: 'rows', runId: id, tasks: [task], removed: [], candidates: [candidateOf(task!)] },
      { kind: 'rows', runId: id, tasks: [], removed: [task!.id], candidates: [] },
      { kind: 'run-changed', runId: id },
      { kind: 'run-deleted', runId: id },
    ]);
  });
});

describe('an import', () => {
  const rowsOf = (id: RunId): BackupRow[] => {
    const task = complete(machineTask(id, 0), 2);
    return [
      { kind: 'call', row: instructionCall(id, 0) },
      {
        kind: 'call',
        row: {
          ...instructionCall(id, 1),
          id: `${id}-classification-000000`,
          stage: 'classification',
          taskId: task.id,
        },
      },
      { kind: 'candidate', row: candidateOf(task) },
      { kind: 'task', row: task },
    ];
  };

  it('lies under a new run id with all ids inside rewritten, and cannot be resumed', async () => {
    const run = await store.createRun(tinyNewRun(10));
    const progress = { ...initialProgress(run.id), kept: 1 };
    const counts: number[] = [];
    const rows = rowsOf(run.id);
    const imported = await store.importRun(
      { run, progress },
      paged(rows.slice(0, 3), rows.slice(3)),
      never,
      (n) => counts.push(n),
    );
    expect(imported).toEqual({ ...run, id: 'r0002', number: 2, source: 'imported' });
    expect(counts).toEqual([3, 4]);
    expect(await store.progress(imported.id)).toEqual({ ...progress, runId: 'r0002' });
    const moved = [
      ...(await all(store.scanTasks(imported.id))),
      ...(await all(store.scanCandidates(imported.id))),
      ...(await all(store.scanCalls(imported.id))),
    ];
    expect(moved).toHaveLength(4);
    expect(JSON.stringify(moved)).not.toContain('r0001');
    expect(await all(store.scanCandidates(run.id))).toEqual([]);
  });
  it.each(['stop', 'bad rows'])('is undone: %s', async (why) => {
    const run = await store.createRun(tinyNewRun(10));
    const controller = new AbortController();
    const before = await store.latestRuns(9);
    async function* rows(): AsyncGenerator<readonly BackupRow[]> {
      yield rowsOf(run.id);
      await Promise.resolve();
      if (why === 'stop') controller.abort();
      else throw new Error('line 7 is bad');
      yield rowsOf(run.id);
    }
    await expect(
      store.importRun({ run, progress: initialProgress(run.id) }, rows(), controller.signal, () => undefined),
    ).rejects.toThrow(why === 'stop' ? /abort/iu : 'line 7 is bad');
    expect(await store.latestRuns(9)).toEqual(before);
    expect(await all(store.scanTasks('r0002' as RunId))).toEqual([]);
    expect(await store.setting('store:imports')).toEqual([]);
  });
  it('and a run that starts meanwhile do not touch each other', async () => {
    const run = await store.createRun(tinyNewRun(10));
    let started: RunId | null = null;
    async function* rows(): AsyncGenerator<readonly BackupRow[]> {
      yield rowsOf(run.id);
      started = (await store.createRun(tinyNewRun(10))).id;
      throw new Error('cut short');
    }
    await expect(
      store.importRun({ run, progress: initialProgress(run.id) }, rows(), never, () => undefined),
    ).rejects.toThrow();
    expect(started).toBe('r0003');
    expect(await all(store.scanTasks('r0003' as RunId))).toHaveLength(10);
  });
});

describe('settings', () => {
  it('are saved and deleted', async () => {
    await store.saveSetting('appearance', { theme: 'dark' });
    expect(await store.setting('appearance')).toEqual({ theme: 'dark' });
    expect(await store.setting('none')).toBeUndefined();
    await store.saveSetting('appearance', undefined);
    expect(await store.setting('appearance')).toBeUndefined();
  });
});
