/** A tab that is killed while it deletes a run: the run is there with all its rows, or gone with all of them. */
import { expect, it } from 'vitest';
import { manyTasks } from '../testing/many-tasks';
import { deleteDatabase, storedRows } from '../testing/raw-database';
import { storeRun } from '../testing/store-run';
import { IdbRunStore } from './idb-run-store';

/** Milliseconds from the click to the kill. */
const MOMENTS = [0, 1, 2, 4, 8, 16, 32, 64];

it('leaves it whole or gone, whenever that was', async () => {
  await deleteDatabase();
  const store = new IdbRunStore();
  const many = manyTasks(1, { seeds: 10, machines: 2_000, rejected: 200 });
  for (const ms of MOMENTS) {
    const kept = await storeRun(store, manyTasks(2, { seeds: 2, machines: 3, rejected: 1 }));
    const others = await storedRows();
    const id = await storeRun(store, many);
    const whole = await storedRows();
    const tab = new Worker(new URL('../testing/deleting.worker.ts', import.meta.url), { type: 'module' });
    await new Promise((ready) => (tab.onmessage = ready));
    tab.postMessage(id);
    await new Promise((resolve) => setTimeout(resolve, ms));
    tab.terminate();
    // Waits until the browser has ended what the tab had begun.
    const left = await storedRows();
    const isThere = left['runs']?.some(([key]) => key === id);
    const { settings: _before, ...expected } = isThere ? whole : others;
    const { settings: _after, ...found } = left;
    expect(found).toEqual(expected);
    for (const run of [id, kept]) await store.deleteRun(run);
  }
  const { settings: _, ...nothing } = await storedRows();
  expect(Object.values(nothing).flat()).toEqual([]);
  store.close();
});
