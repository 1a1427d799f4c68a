import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Dump, deleteDatabase, dump, openRaw, restore } from '../testing/raw-database';
import { candidateOf, complete, instructionCall, machineTask, tinyNewRun } from '../testing/tiny-pool';
import { AppError } from '../core/errors';
import { runId } from '../core/ids';
import { commitAs } from '../testing/commit';
import { initialProgress } from '../core/pipeline/progress';
import type { BackupRow } from '../core/ports';
import { IdbRunStore } from './idb-run-store';

/** Every write and some reads, each tried with a fault at the k-th call of the database, for every k. */
const ERRORS = [
  'UnknownError',
  'InvalidStateError',
  'AbortError',
  'QuotaExceededError',
  'NotFoundError',
  'TransactionInactiveError',
] as const;
const run = runId(1);
const task = complete(machineTask(run, 0), 2);
const newRun = tinyNewRun(5, 3);
async function* rows(): AsyncGenerator<readonly BackupRow[]> {
  yield [
    { kind: 'task', row: task },
    { kind: 'candidate', row: candidateOf(task) },
  ];
  await Promise.resolve();
  yield [{ kind: 'call', row: instructionCall(run, 0) }];
}

const OPERATIONS: Readonly<Record<string, (store: IdbRunStore) => Promise<unknown>>> = {
  commit: (store) =>
    commitAs(store, {
      progress: { ...initialProgress(run), rounds: 1, kept: 2 },
      calls: [instructionCall(run, 4)],
      candidates: [candidateOf(machineTask(run, 4)), candidateOf(machineTask(run, 5))],
      tasks: [machineTask(run, 4), machineTask(run, 5)],
    }),
  createRun: (store) => store.createRun(newRun),
  setTarget: async (store) => (await store.claim(run)).setTarget(77),
  deleteRun: (store) => store.deleteRun(run),
  editTask: (store) => store.changeTask(task.id, () => complete(task, 5)),
  removeTask: (store) => store.changeTask(task.id, () => undefined),
  changeSetting: (store) => store.changeSetting('theme', () => 'light'),
  saveSetting: (store) => store.saveSetting('theme', 'dark'),
  scanTasks: async (store) => {
    const found: unknown[] = [];
    for await (const page of store.scanTasks(run)) found.push(...page);
    return found;
  },
  latestRuns: (store) => store.latestRuns(3),
  unfinished: (store) => store.unfinished(run),
  importRun: (store) =>
    store.importRun(
      { run: { ...newRun, id: run, number: 1, source: 'here' }, progress: initialProgress(run) },
      rows(),
      new AbortController().signal,
      () => undefined,
    ),
};

type Method = 'open' | 'transaction' | 'put' | 'delete' | 'put-then-abort';
interface Fault {
  readonly method: Method;
  readonly at: number;
  /** Only the k-th call, or all from the k-th on. */
  readonly lasting: boolean;
  readonly name: string;
}

/** Arms the fault; `fired` says whether it ever came to it. */
function arm({ method, at, lasting, name }: Fault): { readonly fired: () => boolean; disarm(): void } {
  let calls = 0;
  let fired = false;
  const due = (): boolean => {
    calls++;
    const now = lasting ? calls >= at : calls === at;
    fired ||= now;
    return now;
  };
  const error = (): DOMException => new DOMException('injected', name);
  const patch = <T extends object, K extends keyof T>(
    target: T,
    key: K,
    make: (original: T[K]) => T[K],
  ): (() => void) => {
    const original = target[key];
    target[key] = make(original);
    return () => (target[key] = original);
  };
  const failing = (original: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]): unknown {
      if (due()) throw error();
      return original.apply(this, args);
    };
  const aborting = (original: (...args: never[]) => unknown) =>
    function (this: IDBObjectStore, ...args: never[]): unknown {
      const request = original.apply(this, args);
      if (due()) this.transaction.abort();
      return request;
    };
  const store = IDBObjectStore.prototype;
  const undo = {
    open: () => patch(IDBFactory.prototype, 'open', (original) => failing(original) as typeof original),
    transaction: () =>
      patch(IDBDatabase.prototype, 'transaction', (original) => failing(original) as typeof original),
    put: () => patch(store, 'put', (original) => failing(original) as typeof original),
    delete: () => patch(store, 'delete', (original) => failing(original) as typeof original),
    'put-then-abort': () => patch(store, 'put', (original) => aborting(original) as typeof original),
  }[method]();
  return { fired: () => fired, disarm: undo };
}

/** All rows, without the mark of who writes a run: nobody sees it, and it is another one each time. */
async function seen(database: IDBDatabase): Promise<Dump> {
  const rows = await dump(database);
  const runs = rows['runs']?.map(([key, run]) => [key, { ...(run as object), writer: null }] as const);
  return { ...rows, runs: runs as never };
}

let raw: IDBDatabase;
let start: Dump;
let before: Dump;
let inspector: IdbRunStore;
beforeAll(async () => {
  await deleteDatabase();
  inspector = new IdbRunStore();
  await inspector.createRun(newRun);
  await commitAs(inspector, {
    progress: {
      ...initialProgress(run),
      kept: 1,
      completed: 1,
      identified: 1,
      instances: 2,
      droppedInstances: 1,
    },
    calls: [instructionCall(run, 0)],
    candidates: [candidateOf(task)],
    tasks: [task],
  });
  // Another open store hears of changes and reads them: it would meet the faults that are meant for the one under test.
  inspector.close();
  raw = await openRaw();
  start = await dump(raw);
  before = await seen(raw);
  vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
});
afterAll(async () => {
  vi.restoreAllMocks();
  raw.close();
  await deleteDatabase();
});
afterEach(() => restore(raw, start));

const METHODS: readonly Method[] = ['open', 'transaction', 'put', 'delete', 'put-then-abort'];

describe.each(Object.entries(OPERATIONS))('%s', (operation, act) => {
  it.each(METHODS)(
    'is done whole or not at all, and never silently, when %s fails at any call',
    async (method) => {
      await restore(raw, start);
      const healthy = new IdbRunStore();
      const answer = await act(healthy);
      healthy.close();
      const whole = await seen(raw);
      const names = method === 'put-then-abort' ? (['AbortError'] as const) : ERRORS;
      let cases = 0;
      for (const name of names) {
        for (const lasting of [false, true]) {
          for (let at = 1; ; at++) {
            await restore(raw, start);
            const store = new IdbRunStore();
            if (method !== 'open') await store.setting('warm');
            const fault = arm({ method, at, lasting, name });
            let error: unknown = null;
            let got: unknown;
            try {
              got = await act(store);
            } catch (thrown) {
              error = thrown;
            } finally {
              fault.disarm();
              store.close();
            }
            const after = await seen(raw);
            const what = `${method} ${at} ${lasting ? 'and later' : 'once'}: ${name}`;
            if (error === null) {
              if (fault.fired() && operation !== 'importRun') expect(lasting, what).toBe(false);
              expect(got, what).toEqual(answer);
              expect(after, what).toEqual(whole);
            } else {
              expect(error, what).toBeInstanceOf(AppError);
              expect((error as AppError).failure.kind, what).toBe(
                name === 'QuotaExceededError' ? 'storage-full' : 'storage-unavailable',
              );
              if (operation === 'importRun') {
                // Rows that could not be removed again are noted, and no run shows them.
                expect([after['runs'], after['progress']], what).toEqual([
                  before['runs'],
                  before['progress'],
                ]);
                const noted = JSON.stringify(after['settings']).includes('"id":"r0002"');
                if (after['tasks']!.length !== start['tasks']!.length) expect(noted, what).toBe(true);
              } else {
                expect(after, what).toEqual(before);
              }
            }
            if (!fault.fired()) break;
            cases++;
          }
        }
      }
      if (method === 'open' || method === 'transaction') expect(cases).toBeGreaterThan(0);
    },
  );
});

describe('many calls at once on a handle that died', () => {
  it('are all healed', async () => {
    const handles: IDBDatabase[] = [];
    const open = indexedDB.open.bind(indexedDB);
    const spy = vi.spyOn(indexedDB, 'open').mockImplementation((name, version) => {
      const request = open(name, version);
      request.addEventListener('success', () => handles.push(request.result));
      return request;
    });
    const store = new IdbRunStore();
    for (let round = 0; round < 5; round++) {
      await store.setting('warm');
      // As after "connection is closing": the handle is there, but every transaction throws.
      handles[handles.length - 1]!.close();
      await Promise.all(Array.from({ length: 20 }, (_, i) => store.saveSetting(`key ${i}`, round)));
      for (let i = 0; i < 20; i++) expect(await store.setting(`key ${i}`)).toBe(round);
    }
    expect(handles).toHaveLength(6);
    spy.mockRestore();
    store.close();
  });
});
