import { afterEach, beforeEach, expect, it } from 'vitest';
import { BrowserSecondHome } from '../../browser/second-home';
import { Connection } from '../../storage/connection';
import { IdbRunStore } from '../../storage/idb-run-store';
import { manyTasks } from '../../testing/many-tasks';
import { deleteDatabase } from '../../testing/raw-database';
import { clearSnapshots } from '../../testing/snapshot-files';
import { storeRun } from '../../testing/store-run';
import { RecoveryState } from './recovery-state.svelte';

const never = new AbortController().signal;
let connection: Connection;
let home: BrowserSecondHome;

beforeEach(async () => {
  await clearSnapshots();
  await deleteDatabase();
  connection = new Connection();
  home = new BrowserSecondHome(connection, () => Date.now());
});
afterEach(() => {
  home.stop();
  connection.close();
});

it('finds the snapshots of a folder that the user picked, among other files', async () => {
  await storeRun(new IdbRunStore(connection), manyTasks(1, { seeds: 3, machines: 12, rejected: 0 }));
  const snapshot = await home.snapshot(never, () => undefined);
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('picked', { create: true });
  for (const [name, content] of [
    ['a.jsonl', snapshot],
    ['b.jsonl', '{"instruction":"Name a bird."}\n'],
    ['c.txt', snapshot],
  ] as const) {
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await writable.write(content);
    await writable.close();
  }
  const state = new RecoveryState(
    { kind: 'storage-lost', cause: 'cleared', detail: '' },
    { secondHome: home, saveFile: () => undefined, pickFolder: () => Promise.resolve(folder) },
    () => undefined,
  );
  await expect.poll(() => state.snapshots).toEqual([]);
  await state.lookInFolder();
  expect(state.newest).toMatchObject({ content: { runs: 1, tasks: 12 }, cut: false });
  expect(state.said).toBe('1 snapshot found in the folder “picked”.');
  await state.lookInFolder();
  expect(state.snapshots).toHaveLength(1);
  expect(state.job.failure).toBeNull();
  await root.removeEntry('picked', { recursive: true });
});
