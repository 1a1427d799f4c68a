import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failure } from '../core/errors';
import { runId } from '../core/ids';
import { admission } from '../snapshots/admission';
import { initialProgress } from '../core/pipeline/progress';
import type { SnapshotMark } from '../snapshots/snapshot-format';
import { Connection } from '../storage/connection';
import { FIRST_HOME, nextHome } from '../storage/home';
import { IdbRunStore } from '../storage/idb-run-store';
import { IdbSeedStore } from '../storage/idb-seed-store';
import { commitAs } from '../testing/commit';
import { manyTasks } from '../testing/many-tasks';
import { deleteDatabase, openRaw, restore, storedRows } from '../testing/raw-database';
import { storeRun } from '../testing/store-run';
import { clearSnapshots, rewriteSnapshot, snapshotFiles } from '../testing/snapshot-files';
import {
  candidateOf,
  complete,
  identified,
  instructionCall,
  machineTask,
  tinyNewRun,
  tinySeeds,
} from '../testing/tiny-pool';
import { checkInWorker, restoreInWorker, SnapshotKeeper } from './snapshot-client';

const never = new AbortController().signal;
const second = nextHome(FIRST_HOME, false);
const run = runId(1);
let connection: Connection;
let store: IdbRunStore;
let keepers: SnapshotKeeper[];

beforeEach(async () => {
  keepers = [];
  await clearSnapshots();
  await deleteDatabase();
  await deleteDatabase(second.name);
  connection = new Connection();
  store = new IdbRunStore(connection);
});
afterEach(() => {
  for (const keeper of keepers) keeper.stop();
  connection.close();
});

/** Begins to write snapshots, as a page does. */
async function begin(accepted = false): Promise<SnapshotKeeper> {
  const keeper = new SnapshotKeeper();
  keepers.push(keeper);
  const told = await new Promise<SnapshotMark | Failure>((tell) => keeper.start(FIRST_HOME, accepted, tell));
  expect(told).toHaveProperty('seq');
  return keeper;
}
const createRun = () => store.createRun(tinyNewRun(5, 3));
async function commit(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const task = machineTask(run, i, `Name “${i}” 🍐 \ud800.`);
    await commitAs(store, {
      progress: { ...initialProgress(run), rounds: i, nextSeq: i + 1, kept: i + 1 },
      calls: [instructionCall(run, i)],
      candidates: [candidateOf(task)],
      tasks: [task],
    });
  }
}
async function restored(file: File) {
  const checked = await checkInWorker(file, never, () => undefined);
  await restoreInWorker(second, file, checked, never, () => undefined);
  return { checked, rows: await storedRows(second.name) };
}
async function newest(): Promise<File> {
  const file = (await snapshotFiles()).at(-1);
  if (!file) throw new Error('There is no snapshot.');
  return file;
}

describe('a snapshot', () => {
  it('brings back exactly what was stored, whether before it began or later, changed or removed', async () => {
    await createRun();
    await commit(0, 30);
    await store.saveSetting('list', { a: [1, null, 'x'] });
    const keeper = await begin();
    const begun = (await newest()).size;
    await commit(30, 40);
    const edited = complete(identified(machineTask(run, 2, 'Edited.')));
    await store.changeTask(edited.id, () => edited);
    await store.changeTask(machineTask(run, 3).id, () => undefined);
    await new IdbSeedStore(connection).create({ name: 'Mine', seeds: tinySeeds(2), updatedAt: 1 });
    const other = await createRun();
    await store.deleteRun(other.id);
    await store.saveSetting('list', undefined);
    await keeper.flush();
    const file = await newest();
    expect(await snapshotFiles()).toHaveLength(1);
    const found = await restored(file);
    expect(found.rows).toEqual(await storedRows());
    expect(found.checked).toMatchObject({
      content: { runs: 1, tasks: 39, seedSets: 1, evaluations: 0 },
      cut: false,
    });
    // The first piece was not written again.
    expect(file.size - begun).toBeLessThan(begun);
  });

  it('brings back many changes at once, without waiting for the next one', async () => {
    await createRun();
    const keeper = await begin();
    await storeRun(store, manyTasks(2, { seeds: 10, machines: 600, rejected: 0 }));
    await keeper.flush();
    const found = await restored(await newest());
    expect(found.rows).toEqual(await storedRows());
    expect(found.checked).toMatchObject({ content: { runs: 2, tasks: 600 }, cut: false });
  });

  it('brings back addresses of models without what may be a secret, which earlier versions stored', async () => {
    await store.saveSetting('download:https://host.org/a.gguf?token=SECRET', { bytes: 5 });
    await store.saveSetting('staging:x', 'https://host.org/a.gguf?token=SECRET');
    const found = await (await begin()).flush().then(async () => restored(await newest()));
    expect(found.rows['settings']).toEqual([
      ['download:https://host.org/a.gguf', { bytes: 5 }],
      ['staging:x', 'https://host.org/a.gguf'],
    ]);
  });

  it('continues after its tab was killed in the middle of a piece', async () => {
    await createRun();
    await commit(0, 5);
    const keeper = await begin();
    keeper.stop();
    const { name, size } = await newest();
    await rewriteSnapshot(name, (bytes) => {
      const torn = new Uint8Array(bytes.length + 40);
      torn.set(bytes);
      torn.set(bytes.subarray(200, 240), bytes.length);
      return torn;
    });
    await commit(5, 8);
    await begin();
    const file = await newest();
    expect(file.name).toBe(name);
    expect(file.size).toBeGreaterThan(size);
    expect((await restored(file)).rows).toEqual(await storedRows());
  });

  it('is written by one tab at a time; the next one goes on when the first is gone', async () => {
    await createRun();
    const first = await begin();
    const waiting = new SnapshotKeeper();
    keepers.push(waiting);
    let told = 0;
    waiting.start(FIRST_HOME, false, () => told++);
    await commit(0, 3);
    expect(await waiting.flush()).toBeNull();
    expect(told).toBe(0);
    first.stop();
    await expect.poll(() => told).toBeGreaterThan(0);
    expect((await restored(await newest())).rows).toEqual(await storedRows());
  });

  it('finds rows that changed or vanished without a transaction, and is not written over by them', async () => {
    await createRun();
    await commit(0, 5);
    (await begin()).stop();
    await commit(5, 7);
    (await begin()).stop();
    const { size } = await newest();
    const raw = await openRaw();
    const tx = raw.transaction(['tasks'], 'readwrite');
    tx.objectStore('tasks').delete(machineTask(run, 1).id);
    await new Promise((done) => (tx.oncomplete = done));
    raw.close();
    const keeper = new SnapshotKeeper();
    keepers.push(keeper);
    const told = await new Promise<SnapshotMark | Failure>((tell) => keeper.start(FIRST_HOME, false, tell));
    expect(told).toMatchObject({ kind: 'storage-lost', cause: 'unreadable' });
    expect((await newest()).size).toBe(size);
    // Accepted as it is: the snapshots that are there stay as they are.
    keeper.stop();
    await begin(true);
    expect(await snapshotFiles()).toHaveLength(2);
    expect((await restored(await newest())).rows).toEqual(await storedRows());
  });

  it('keeps what is before damage, and tells that something is cut', async () => {
    await createRun();
    await commit(0, 5);
    const keeper = await begin();
    const before = await storedRows();
    const { name, size } = await newest();
    await commit(5, 9);
    await keeper.flush();
    keeper.stop();
    await rewriteSnapshot(name, (bytes) => {
      const at = size + 300;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    });
    const found = await restored(await newest());
    expect(found.rows).toEqual(before);
    // A piece that vanished from the middle is found as well, although each line is whole.
    await rewriteSnapshot(name, (bytes) => {
      const from = bytes.indexOf(10, 400) + 1;
      const to = bytes.indexOf(10, from) + 1;
      const rest = new Uint8Array(bytes.length - (to - from));
      rest.set(bytes.subarray(0, from));
      rest.set(bytes.subarray(to), from);
      return rest;
    });
    await expect(checkInWorker(await newest(), never, () => undefined)).rejects.toThrow('bad-file');
  });

  it('begins anew, and keeps three, when the database is not the one that it was written from', async () => {
    await createRun();
    const old = await storedRows();
    for (let i = 1; i <= 4; i++) {
      await commit(i - 1, i);
      (await begin(i > 1)).stop();
      connection.close();
      // As an older copy of the browser's files: other transactions under the same numbers.
      await deleteDatabase();
      await connection.get('settings', 'x');
      const raw = await openRaw();
      await restore(raw, old);
      raw.close();
    }
    expect((await snapshotFiles()).map(({ name }) => name)).toEqual([
      's000002.jsonl',
      's000003.jsonl',
      's000004.jsonl',
    ]);
  });
});

describe('the first look at a database', () => {
  const look = async () => {
    connection.close();
    connection = new Connection({ admit: admission() });
    return connection.open();
  };
  it('finds nothing wrong with a new one, nor with one that goes on', async () => {
    expect(await look()).toBeNull();
    store = new IdbRunStore(connection);
    await createRun();
    const keeper = await begin();
    await commit(0, 3);
    expect(await look()).toBeNull();
    await keeper.flush();
    expect(await look()).toBeNull();
  });
  it('finds nothing wrong when the snapshot began after many changes at once', async () => {
    await storeRun(store, manyTasks(1, { seeds: 10, machines: 600, rejected: 0 }));
    await begin();
    expect(await look()).toBeNull();
  });
  it('finds nothing wrong when the user deleted everything after the last snapshot', async () => {
    await createRun();
    (await begin()).stop();
    await store.deleteRun(run);
    expect(await look()).toBeNull();
  });
  it('is refused in words when the browser cannot read it, with no error left over', async () => {
    await createRun();
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this`
    const { getKey } = IDBObjectStore.prototype;
    const broken = vi.spyOn(IDBObjectStore.prototype, 'getKey').mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      const request = getKey.call(this, key);
      // Once all are asked, as a damaged table is found.
      if (this.name === 'models') this.transaction.abort();
      return request;
    });
    // What nobody hears of would fail the test as an unhandled error.
    expect(await look()).toMatchObject({ kind: 'storage-unavailable' });
    broken.mockRestore();
    expect(await look()).toBeNull();
  });
  it('finds that the browser cleared it, and lets nobody write until that is accepted', async () => {
    await createRun();
    (await begin()).stop();
    connection.close();
    await deleteDatabase();
    expect(await look()).toMatchObject({ kind: 'storage-lost', cause: 'cleared' });
    await expect(connection.get('settings', 'x')).rejects.toThrow('storage-lost');
    connection.accept();
    expect(await connection.open()).toBeNull();
  });
  it('believes a mark outside of the database where there are no snapshots', async () => {
    const marked = new Connection({ admit: admission({ stored: () => true }) });
    expect(await marked.open()).toMatchObject({ kind: 'storage-lost', cause: 'cleared' });
    marked.close();
    await createRun();
    const filled = new Connection({ admit: admission({ stored: () => true }) });
    expect(await filled.open()).toBeNull();
    filled.close();
  });
  it('finds that it went back to an older state', async () => {
    await createRun();
    const old = await storedRows();
    await commit(0, 3);
    (await begin()).stop();
    connection.close();
    await deleteDatabase();
    const fresh = new Connection({ outbox: false });
    await fresh.get('settings', 'x');
    fresh.close();
    const raw = await openRaw();
    await restore(raw, old);
    raw.close();
    expect(await look()).toMatchObject({ kind: 'storage-lost', cause: 'older' });
  });
  it('finds a database of something else, of any version', async () => {
    for (const version of [1, 3, 99]) {
      connection.close();
      await deleteDatabase();
      (await openRaw(version)).close();
      expect(await look()).toEqual({ kind: 'storage-foreign' });
    }
  });
});
