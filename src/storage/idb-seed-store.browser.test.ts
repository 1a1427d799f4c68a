import { afterEach, beforeEach, expect, it } from 'vitest';
import { deleteDatabase } from '../testing/raw-database';
import { tinySeeds } from '../testing/tiny-pool';
import { IdbSeedStore } from './idb-seed-store';

const SET = { name: 'Mine', seeds: tinySeeds(2), updatedAt: 3 };
let here: IdbSeedStore;
let there: IdbSeedStore;
beforeEach(async () => {
  await deleteDatabase();
  here = new IdbSeedStore();
  there = new IdbSeedStore();
});
afterEach(() => {
  here.close();
  there.close();
});

it('sets made in the same millisecond have ids of their own', async () => {
  const made = await Promise.all([here.create(SET), there.create(SET), here.create(SET)]);
  expect(new Set(made.map(({ id }) => id)).size).toBe(3);
  expect(await here.list()).toHaveLength(3);
});

it('changes of two tabs at once both stay, each with a version of its own', async () => {
  const { id } = await here.create(SET);
  const [one, two] = await Promise.all([
    here.change(id, (set) => ({ ...set, name: 'Renamed' })),
    there.change(id, (set) => ({ ...set, seeds: set.seeds.slice(1) })),
  ]);
  expect([one.version, two.version].toSorted()).toEqual([2, 3]);
  expect(await here.list()).toEqual([
    { id, name: 'Renamed', seeds: SET.seeds.slice(1), updatedAt: 3, version: 3 },
  ]);
  expect((await here.change(id, (set) => set)).version).toBe(3);
});

it('is removed, if wanted only as it was, and brought back; a change of one that is gone is refused', async () => {
  const set = await here.create(SET);
  await there.change(set.id, (now) => ({ ...now, name: 'Gone on with' }));
  expect(await here.remove(set.id, set.version)).toBeUndefined();
  const removed = await here.remove(set.id);
  expect(removed).toMatchObject({ name: 'Gone on with' });
  await expect(there.change(set.id, (now) => now)).rejects.toMatchObject({
    failure: { kind: 'record-gone', record: 'seed-set', id: set.id },
  });
  if (removed) await there.restore(removed);
  if (removed) await here.restore({ ...removed, name: 'Another' });
  expect(await here.list()).toEqual([removed]);
});

it('tells the other tab, not the own one', async () => {
  const heard: string[] = [];
  await there.list();
  here.watch(() => heard.push('here'));
  there.watch(() => heard.push('there'));
  await here.create(SET);
  await expect.poll(() => heard).toEqual(['there']);
});
