/** A browser that is killed during an upgrade of the database, or fails in it: the old version stays as it was. */
import { beforeEach, expect, it } from 'vitest';
import { deleteDatabase, makeFirstVersion, openRaw } from '../testing/raw-database';
import { IdbRunStore } from './idb-run-store';
import { DATABASE_VERSION, migrate, STORES } from './schema';

beforeEach(async () => {
  await deleteDatabase();
  await makeFirstVersion();
});
it('that ends before it is committed leaves the old version, and the next start makes all of the new one', async () => {
  const request = indexedDB.open('self-instruct', DATABASE_VERSION);
  request.onupgradeneeded = () => {
    const upgrade = request.transaction as IDBTransaction;
    // The library's objects have the same methods.
    migrate(request.result as never, 1, upgrade as never);
    upgrade.abort();
  };
  await new Promise((resolve) => (request.onerror = resolve));
  const raw = await openRaw();
  expect([raw.version, raw.objectStoreNames.length]).toEqual([1, 7]);
  raw.close();
  const store = new IdbRunStore();
  expect(await store.setting('a setting')).toBe('kept');
  store.close();
  const upgraded = await openRaw();
  expect(upgraded.version).toBe(DATABASE_VERSION);
  expect([...upgraded.objectStoreNames].sort()).toEqual([...STORES].sort());
  upgraded.close();
});
