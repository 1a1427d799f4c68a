import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deleteDatabase } from '../testing/raw-database';
import type { ChangedKeys } from './change-notices';
import { Connection } from './connection';

/** Two connections are two tabs: each has its own handle, and hears the other one. */
let here: Connection;
let there: Connection;
beforeEach(async () => {
  await deleteDatabase();
  here = new Connection();
  there = new Connection();
  await Promise.all([here.get('settings', 'x'), there.get('settings', 'x')]);
});
afterEach(() => {
  here.close();
  there.close();
});
const plain = (changed: ChangedKeys) => Object.fromEntries([...changed].map(([s, keys]) => [s, [...keys]]));

it('keeps the changes of two tabs that change one record at the same time', async () => {
  const add = (tab: Connection, name: string) =>
    tab.change('settings', 'list', (list) => [...((list as string[] | undefined) ?? []), name]);
  await Promise.all(Array.from({ length: 20 }, (_, i) => [add(here, `a${i}`), add(there, `b${i}`)]).flat());
  const stored = (await here.get('settings', 'list')) as string[];
  expect(stored.toSorted()).toEqual(
    Array.from({ length: 20 }, (_, i) => [`a${i}`, `b${i}`])
      .flat()
      .toSorted(),
  );
});
it('gives what is stored then, removes for undefined, and writes nothing for the same object', async () => {
  expect(await here.change('settings', 'n', () => 1)).toBe(1);
  const heard = vi.fn();
  here.watch(heard);
  expect(await here.change('settings', 'n', (n) => n)).toBe(1);
  expect(heard).not.toHaveBeenCalled();
  expect(await here.change('settings', 'n', () => undefined)).toBeUndefined();
  expect(heard).toHaveBeenCalledOnce();
  expect(await here.get('settings', 'n')).toBeUndefined();
});
it('writes nothing at all when the change is refused', async () => {
  await here.change('settings', 'n', () => 1);
  const refused = here.write(['settings'], 'relaxed', async (tx) => {
    tx.put('settings', 'other', 'm');
    await tx.change('settings', 'n', () => {
      throw new RangeError('no');
    });
  });
  await expect(refused).rejects.toThrow('no');
  expect(await here.get('settings', 'm')).toBeUndefined();
  expect(await here.get('settings', 'n')).toBe(1);
});
it('tells every tab the keys that were written, after they can be read', async () => {
  const heardThere = vi.fn<(...heard: unknown[]) => void>();
  const heardHere = vi.fn<(...heard: unknown[]) => void>();
  there.watch((changed, elsewhere) => {
    void there.get('settings', 'n').then((n) => heardThere(plain(changed), elsewhere, n));
  });
  here.watch((changed, elsewhere) => heardHere(plain(changed), elsewhere));
  await here.write(['settings', 'seedSets'], 'relaxed', (tx) => {
    tx.put('settings', 7, 'n');
    tx.put('seedSets', { id: 'own', name: 'Own', seeds: [], updatedAt: 1 });
    tx.delete('settings', 'gone');
  });
  const keys = { settings: ['n', 'gone'], seedSets: ['own'] };
  expect(heardHere.mock.calls).toEqual([[keys, false]]);
  await expect.poll(() => heardThere.mock.calls).toEqual([[keys, true, 7]]);
});
it('tells nobody of what was not stored', async () => {
  const heard = vi.fn();
  there.watch(heard);
  here.watch(heard);
  await expect(
    here.write(['settings'], 'relaxed', (tx) => {
      tx.put('settings', 7, 'n');
      throw new RangeError('no');
    }),
  ).rejects.toThrow();
  await here.change('settings', 'last', () => 1);
  await expect.poll(() => heard).toHaveBeenCalledTimes(2);
  expect(heard.mock.calls.map(([changed]) => plain(changed as ChangedKeys))).toEqual([
    { settings: ['last'] },
    { settings: ['last'] },
  ]);
});
