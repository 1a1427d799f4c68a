import { afterEach, beforeEach, expect, it } from 'vitest';
import { initialProgress } from '../../core/pipeline/progress';
import type { RunRecord } from '../../core/run';
import { IdbRunStore } from '../../storage/idb-run-store';
import { commitAs } from '../../testing/commit';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { tinyNewRun } from '../../testing/tiny-pool';
import { RunList } from './run-list.svelte';

let store: IdbRunStore;
let list: RunList;
const open = (): void => {
  store = new IdbRunStore();
  list = new RunList(quietServices(store));
};
const create = (): Promise<RunRecord> => store.createRun(tinyNewRun(3, 2));
beforeEach(async () => {
  await deleteDatabase();
  open();
});
afterEach(() => store.close());

it('lists the newest run first, also past the 9,999th', async () => {
  await store.saveSetting('store:last-run-number', 9_998);
  for (let i = 0; i < 3; i++) await create();
  await list.refresh();
  expect(list.runs.map(({ run }) => run.number)).toEqual([10_001, 10_000, 9_999]);
});

it('follows what other tabs do, and tells whether one of them computes the unfinished run', async () => {
  await list.refresh();
  const other = new IdbRunStore();
  const { lockedElsewhere, ...services } = quietServices(other);
  const there = new RunList(services);
  await there.refresh();
  const { id } = await create();
  lockedElsewhere.add(id);
  await expect.poll(() => there.unfinished).toMatchObject({ run: { id }, elsewhere: true });
  await commitAs(store, { progress: { ...initialProgress(id), kept: 2 } });
  await expect.poll(() => there.unfinished?.progress.kept).toBe(2);
  // The other tab dies without a word.
  lockedElsewhere.delete(id);
  await expect.poll(() => there.unfinished?.elsewhere).toBe(false);
  await store.deleteRun(id);
  await expect.poll(() => [there.runs, there.unfinished]).toEqual([[], null]);
  other.close();
});
