import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BackupRow, RunSummary } from '../core/ports';
import type { RunId } from '../core/task';
import { initialProgress } from '../core/pipeline/progress';
import { deleteDatabase, storedRows } from '../testing/raw-database';
import { candidateOf, instructionCall, machineTask, tinyConfig } from '../testing/tiny-pool';
import { IdbRunStore } from './idb-run-store';
import type { ImportLocks } from './run-imports';

/** Locks of a browser with many tabs; a tab that dies lets go of its own. */
class TabLocks {
  readonly held = new Map<string, string>();
  of(tab: string): ImportLocks {
    return {
      acquire: (_kind, id) => {
        this.held.set(id, tab);
        return Promise.resolve({ release: () => void this.held.delete(id) });
      },
      holder: (_kind, id) => {
        const owner = this.held.get(id);
        return Promise.resolve(owner === undefined ? 'nobody' : owner === tab ? 'here' : 'elsewhere');
      },
    };
  }
  kill(tab: string): void {
    for (const [id, owner] of this.held) if (owner === tab) this.held.delete(id);
  }
}

const old = 'r0005' as RunId;
const summary: RunSummary = {
  run: {
    id: old,
    number: 5,
    createdAt: 1,
    config: tinyConfig(3),
    model: { id: 'm', name: 'M', hash: '00' },
    seedSet: { id: 'tiny', name: 'Tiny', count: 0 },
    source: 'here',
  },
  progress: { ...initialProgress(old), kept: 6 },
};
const page = (at: number): BackupRow[] => {
  const task = machineTask(old, at);
  return [
    { kind: 'task', row: task },
    { kind: 'candidate', row: candidateOf(task) },
    { kind: 'call', row: instructionCall(old, at) },
  ];
};
const never = new AbortController().signal;
const nothing = (): void => undefined;

let locks: TabLocks;
let tabs: IdbRunStore[];
const open = (tab: string): IdbRunStore => {
  const store = new IdbRunStore(undefined, locks.of(tab));
  tabs.push(store);
  return store;
};
beforeEach(async () => {
  await deleteDatabase();
  locks = new TabLocks();
  tabs = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const store of tabs) store.close();
});

/** Six pages; after three of them it waits until it is told to continue. */
function halfWay(store: IdbRunStore): {
  readonly reached: Promise<void>;
  readonly ended: Promise<unknown>;
  readonly goOn: () => void;
} {
  let goOn = nothing;
  const waiting = new Promise<void>((resolve) => (goOn = resolve));
  let reach = nothing;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  async function* rows(): AsyncGenerator<readonly BackupRow[]> {
    for (let at = 0; at < 6; at++) {
      if (at === 3) {
        reach();
        await waiting;
      }
      yield page(at);
    }
  }
  const ended = store.importRun(summary, rows(), never, nothing).catch((error: unknown) => error);
  return { reached, ended, goOn: () => goOn() };
}
async function rowsLeft(): Promise<Record<string, number>> {
  const all = await storedRows();
  const counts = ['runs', 'tasks', 'candidates', 'calls'].map((name) => [name, all[name]!.length] as const);
  return Object.fromEntries(counts);
}
const NOTHING = { runs: 0, tasks: 0, candidates: 0, calls: 0 };

it.each([
  ['start', (store: IdbRunStore) => store.removeAbandoned()] as const,
  [
    'import',
    async (store: IdbRunStore) => {
      async function* none(): AsyncGenerator<readonly BackupRow[]> {
        await Promise.resolve();
        yield [];
      }
      await store.deleteRun((await store.importRun(summary, none(), never, nothing)).id);
    },
  ] as const,
])('the rows of a killed import go at the next %s, of whichever tab', async (_, next) => {
  const { reached } = halfWay(open('a'));
  await reached;
  expect(await rowsLeft()).toEqual({ runs: 0, tasks: 3, candidates: 3, calls: 3 });
  locks.kill('a');
  const other = open('b');
  await next(other);
  expect(await rowsLeft()).toEqual(NOTHING);
  expect(await other.setting('store:imports')).toEqual([]);
});
it.each([-400, 400])('an import that goes on is left alone when the clock moves by %d days', async (days) => {
  const { reached, ended, goOn } = halfWay(open('a'));
  await reached;
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + days * 24 * 60 * 60 * 1000);
  await open('b').removeAbandoned();
  goOn();
  expect(await ended).toMatchObject({ id: 'r0001', source: 'imported' });
  expect(await rowsLeft()).toEqual({ runs: 1, tasks: 6, candidates: 6, calls: 6 });
});
it('an import that was taken for dead and wakes up stores nothing more, and says so', async () => {
  const { reached, ended, goOn } = halfWay(open('a'));
  await reached;
  locks.kill('a');
  await open('b').removeAbandoned();
  goOn();
  expect(await ended).toMatchObject({ failure: { kind: 'run-gone', runId: 'r0001', during: 'import' } });
  expect(await rowsLeft()).toEqual(NOTHING);
});
it('an import whose database is deleted under it stores nothing in the new one', async () => {
  const { reached, ended, goOn } = halfWay(open('a'));
  await reached;
  await deleteDatabase();
  goOn();
  expect(await ended).toMatchObject({ failure: { kind: 'run-gone', during: 'import' } });
  expect(await rowsLeft()).toEqual(NOTHING);
});
it('notes of older versions are of tabs that are closed; without locks nothing counts as abandoned', async () => {
  const { reached } = halfWay(open('a'));
  await reached;
  const plain = new IdbRunStore();
  tabs.push(plain);
  locks.kill('a');
  await plain.removeAbandoned();
  expect(await rowsLeft()).toMatchObject({ tasks: 3 });
  await plain.saveSetting('store:imports', [{ id: 'r0001', at: 1 }]);
  await open('b').removeAbandoned();
  expect(await rowsLeft()).toEqual(NOTHING);
});
