import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { datasetRecord } from '../../core/dataset/rows';
import { AppError } from '../../core/errors';
import { backupRows, checkBackup } from '../../import/read-backup';
import type { LanguageModel, ModelHost } from '../../core/ports';
import type { MachineTask, RunId, Task } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import { saveFromMemory } from '../../shared/tasks/save-from-memory';
import { deleteDatabase } from '../../testing/raw-database';
import { LocalSimilarity } from '../../testing/local-similarity';
import { host, notListed, request, runServices } from '../../testing/run-sessions';
import { type Script, ScriptedModel } from '../../testing/scripted-model';
import { tinyConfig } from '../../testing/tiny-pool';
import { RunSession } from './run-session.svelte';
import type { Services } from '../services';

let store: IdbRunStore;
let saved: { name: string; content: Blob }[];
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

const services = (models: ModelHost = host(), more: Partial<Services> = {}): Services => ({
  ...runServices(store, models),
  saveFile: (name, content) => saved.push({ name, content }),
  ...more,
});
const session = (...given: Parameters<typeof services>): RunSession => new RunSession(services(...given));
/** As the Export screen reads it. */
async function savedTasks(): Promise<Task[]> {
  const content = saved[0]?.content;
  if (!content) throw new Error('Nothing was saved.');
  const file = new File([content], 'saved.jsonl');
  await checkBackup(file, never);
  const tasks: Task[] = [];
  for await (const page of backupRows(file, never)) {
    for (const entry of page) if (entry.kind === 'task') tasks.push(entry.row);
  }
  return tasks;
}
const isMachine = (task: Task): task is MachineTask => task.origin === 'machine';
async function machines(id: RunId): Promise<MachineTask[]> {
  const tasks: Task[] = [];
  for await (const page of store.scanTasks(id)) tasks.push(...page);
  return tasks.filter(isMachine);
}
const dataset = async (id: RunId) => (await machines(id)).map((task) => datasetRecord(task));
const never = new AbortController().signal;
const soon = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a run', () => {
  it('goes from loading over running to finished, and everything is stored', async () => {
    const own = session();
    const states = new Set<string>();
    const ended = own.start(request());
    expect(own.status).toBe('loading');
    const timer = setInterval(() => states.add(own.status), 0);
    await ended;
    clearInterval(timer);
    expect(own.status).toBe('finished');
    expect(own.failure).toBeNull();
    expect(own.progress).toMatchObject({ kept: 8, completed: 8, finished: true });
    const tasks = await machines(own.run!.id);
    expect(tasks).toHaveLength(8);
    for (const task of tasks) {
      expect(own.taskOf(task.id)).toEqual(task);
    }
    expect(own.inMemory()?.tasks.filter(({ origin }) => origin === 'seed')).toHaveLength(10);
    expect(own.recent.length).toBeGreaterThan(0);
    expect(own.calls.live).toEqual([]);
  });

  it('paused at any call and resumed by another tab gives the same data set', async () => {
    const whole = session();
    await whole.start(request());
    const expected = await dataset(whole.run!.id);
    for (const stopAt of [1, 3, 5, 8, 13, 18]) {
      const own = session(host({ before: (number) => (number === stopAt ? void own.pause() : soon()) }));
      await own.start(request());
      expect(own.status).toBe('paused');
      expect(own.failure).toBeNull();
      const other = session();
      await other.resume(own.run!.id);
      expect(other.status).toBe('finished');
      expect(await dataset(own.run!.id)).toEqual(expected);
    }
  });

  it('can be paused while it loads', async () => {
    const own = session(host({}, () => soon(20)));
    const ended = own.start(request());
    await soon(1);
    await own.pause();
    await ended;
    expect(own.status).toBe('none');
    expect(own.loading).toBeNull();
    expect(await store.latestRuns(1)).toEqual([]);
    await own.start(request());
    expect(own.status).toBe('finished');
    // A finished run on the screen does not come back as paused when the next one is stopped while it loads.
    const next = own.start(request());
    await own.pause();
    await next;
    expect([own.status, own.run]).toEqual(['none', null]);
  });

  it('ends at what it has, and can be opened for more', async () => {
    const own: RunSession = session(host({ before: () => soon() }));
    const ended = own.start(request(30));
    while ((own.progress?.kept ?? 0) < 3) await soon();
    await own.finishNow();
    await ended;
    expect(own.status).toBe('finished');
    const { kept } = own.progress!;
    expect(kept).toBeLessThan(30);
    expect(own.progress).toMatchObject({ kept, completed: kept });
    expect(own.run?.config.target).toBe(kept);
    await own.extend(kept + 4);
    expect(own.status).toBe('finished');
    expect(own.progress).toMatchObject({ kept: kept + 4, completed: kept + 4 });
  });

  it('is shown without being worked on', async () => {
    const own = session();
    await own.start(request());
    const other = session();
    await other.open(own.run!.id);
    expect([other.status, other.progress]).toEqual(['finished', own.progress]);
    await other.open('r9999' as RunId);
    expect(other.run?.id).toBe(own.run!.id);
    other.close();
    expect([other.status, other.run]).toEqual(['none', null]);
  });
});

describe('the model of a run', () => {
  /** A host that knows models by name, and remembers what was asked of it. */
  function hostOf(models: Readonly<Record<string, LanguageModel>>): ModelHost & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      list: () => Promise.resolve([]),
      find: notListed,
      load: (id) => {
        asked.push(id);
        const model = models[id];
        return model
          ? Promise.resolve(model)
          : Promise.reject(new AppError({ kind: 'model-not-here', model: id }));
      },
      unload: () => Promise.resolve(),
    };
  }
  const named = (id: string, name: string, hash: string, script: Script = {}): ScriptedModel =>
    new ScriptedModel({ ...script, named: { id, name, hash } });

  it('is the chosen one, and the one in its record when it goes on', async () => {
    const models = {
      first: named('first', 'The first', 'aa'),
      second: named('second', 'Other', 'bb'),
    };
    const first = hostOf({ ...models, second: named('second', 'Other', 'bb', { before: () => soon() }) });
    const own: RunSession = session(first);
    const ended = own.start({ ...request(), model: 'second' });
    while ((own.progress?.kept ?? 0) < 2) await soon();
    await own.pause();
    await ended;
    expect(own.run?.model).toEqual({ id: 'second', name: 'Other', hash: 'bb' });
    expect(first.asked).toEqual(['second']);
    const models2 = hostOf(models);
    const other = session(models2);
    await other.resume(own.run!.id);
    expect(other.status).toBe('finished');
    expect(models2.asked).toEqual(['second']);
    expect(models.first.calls).toBe(0);
  });

  it('that is gone, or has other weights, stops the run before its first request; nothing is lost', async () => {
    const own: RunSession = session(
      hostOf({ mine: named('mine', 'My own', 'aa', { before: () => soon() }) }),
    );
    const ended = own.start({ ...request(), model: 'mine' });
    while ((own.progress?.kept ?? 0) < 2) await soon();
    await own.pause();
    await ended;
    const { id } = own.run!;
    const gone = session(hostOf({ other: named('other', 'Other', 'aa') }));
    await gone.resume(id);
    expect([gone.status, gone.failure]).toEqual(['failed', { kind: 'model-not-here', model: 'My own' }]);
    const changed = named('mine', 'My own', 'ff');
    const wrong = session(hostOf({ mine: changed }));
    await wrong.resume(id);
    expect([wrong.status, wrong.failure]).toEqual(['failed', { kind: 'model-changed', model: 'My own' }]);
    expect(changed.calls).toBe(0);
    const back = session(hostOf({ mine: named('mine', 'My own', 'aa') }));
    await back.resume(id);
    expect(back.status).toBe('finished');
  });

  it('may take fewer or more requests at once than before: the data set is the same', async () => {
    const config = { ...tinyConfig(12), batchSize: 6 };
    const whole = session(host({ parallel: 6 }));
    await whole.start({ ...request(12), config });
    const expected = await dataset(whole.run!.id);
    for (const [before, after] of [
      [1, 16],
      [16, 1],
      [4, 2],
    ] as const) {
      const own: RunSession = session(
        host({ parallel: before, before: (number) => (number === 9 ? void own.pause() : soon()) }),
      );
      await own.start({ ...request(12), config });
      expect(own.status).toBe('paused');
      const other = session(host({ parallel: after }));
      await other.resume(own.run!.id);
      expect(other.status).toBe('finished');
      expect(await dataset(own.run!.id)).toEqual(expected);
    }
  });
});

describe('what goes wrong', () => {
  it('in the model pauses the run with its reason; the next try goes on', async () => {
    const crash = { kind: 'worker-crashed', worker: 'model', detail: 'out of memory' } as const;
    let failing = true;
    const own = session(
      host({
        before: (number) => {
          if (failing && number === 7) throw new AppError(crash);
        },
      }),
    );
    await own.start(request());
    expect([own.status, own.failure]).toEqual(['failed', crash]);
    failing = false;
    await own.resume(own.run!.id);
    expect([own.status, own.failure]).toEqual(['finished', null]);
  });

  it('in our own code is told as that, and not as a failure of model or storage', async () => {
    const similarity = new LocalSimilarity();
    vi.spyOn(similarity, 'judge').mockImplementation(() => {
      throw new TypeError('undefined is not a function');
    });
    const own = session(host(), { similarity });
    await own.start(request());
    expect(own.status).toBe('failed');
    expect(own.failure).toMatchObject({
      kind: 'unexpected',
      name: 'TypeError',
      message: 'undefined is not a function',
      stack: expect.stringContaining('run-session.browser.test') as string,
    });
  });

  it('in loading is told; nothing is stored', async () => {
    const own = session(host({}, () => Promise.reject(new AppError({ kind: 'webassembly-missing' }))));
    await own.start(request());
    expect([own.status, own.failure]).toEqual(['failed', { kind: 'webassembly-missing' }]);
    expect(await store.latestRuns(1)).toEqual([]);
  });

  it('in the store fails the run; what memory holds can be saved, also after vain tries', async () => {
    const own = session();
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its store
    const put = IDBObjectStore.prototype.put;
    let full = false;
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      row: unknown,
      key,
    ) {
      // Full once some tasks are stored, in the middle of a transaction.
      if (this.name === 'tasks' && (row as MachineTask).seq === 4) full = true;
      if (full) throw new DOMException('The disk is full.', 'QuotaExceededError');
      return key === undefined ? put.call(this, row) : put.call(this, row, key);
    });
    await own.start(request());
    expect(own.status).toBe('failed');
    expect(own.failure).toMatchObject({ kind: 'storage-full' });
    await own.resume(own.run!.id);
    expect(own.failure).toMatchObject({ kind: 'storage-full' });
    await saveFromMemory({ session: own, services: services() });
    const held = new Set((await savedTasks()).filter(isMachine).map(({ seq }) => seq));
    expect(saved[0]!.name).toBe('r0001-from-memory.jsonl');
    // The stored ones and the ones that could not be stored.
    for (const task of await machines(own.run!.id)) expect(held).toContain(task.seq);
    expect(held).toContain(4);
    spy.mockRestore();
    await own.resume(own.run!.id);
    expect(own.status).toBe('finished');
    const undisturbed = session();
    await undisturbed.start(request());
    expect(await dataset(own.run!.id)).toEqual(await dataset(undisturbed.run!.id));
  });

  it('in a request for lasting storage is no failure', async () => {
    const own = session(host(), { requestPersistence: () => Promise.reject(new Error('no')) });
    await own.start(request(3));
    expect(own.status).toBe('finished');
  });

  it('a run that is not here is told', async () => {
    const own = session();
    await own.resume('r0404' as RunId);
    expect(own.failure).toEqual({ kind: 'run-gone', runId: 'r0404', during: 'run' });
  });

  it('when its database is deleted the run stops, writes nothing into the new one, and can be saved', async () => {
    const own: RunSession = session(host({ before: (number) => (number === 9 ? deleteDatabase() : soon()) }));
    await own.start(request(30));
    const { id } = own.run!;
    expect([own.status, own.failure]).toEqual(['failed', { kind: 'run-gone', runId: id, during: 'run' }]);
    expect([await store.latestRuns(1), await machines(id)]).toEqual([[], []]);
    await saveFromMemory({ session: own, services: services() });
    const tasks = await savedTasks();
    expect(tasks.filter(({ origin }) => origin === 'seed')).toHaveLength(10);
    expect(tasks.filter(isMachine).length).toBeGreaterThan(0);
    await own.resume(id);
    expect([own.status, own.failure]).toEqual(['failed', { kind: 'run-gone', runId: id, during: 'run' }]);
  });
});
