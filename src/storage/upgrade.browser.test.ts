/** A browser that is killed during an upgrade of the database, or fails in it: the old version stays as it was. */
import { wrap } from 'idb';
import { beforeEach, expect, it } from 'vitest';
import { deleteDatabase, dump, makeFirstVersion, openRaw } from '../testing/raw-database';
import { IdbRunStore } from './idb-run-store';
import { DATABASE_VERSION, migrate, type OutboxEntry, STORES } from './schema';

beforeEach(async () => {
  await deleteDatabase();
  await makeFirstVersion();
});
it('that ends before it is committed leaves the old version, and the next start makes all of the new one', async () => {
  const request = indexedDB.open('self-instruct', DATABASE_VERSION);
  request.onupgradeneeded = () => {
    const upgrade = wrap(request.transaction as IDBTransaction);
    upgrade.done.catch(() => undefined);
    migrate(wrap(request.result) as never, 1, upgrade as never);
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

it('takes what may be a secret out of stored addresses, once, and tells the snapshots', async () => {
  await deleteDatabase();
  const address = 'https://host.org/a/model.gguf';
  const request = indexedDB.open('self-instruct', 6);
  request.onupgradeneeded = () => {
    const upgrade = wrap(request.transaction as IDBTransaction) as never;
    migrate(wrap(request.result) as never, 0, upgrade, 6);
    const at = (name: string): IDBObjectStore => request.transaction!.objectStore(name);
    at('models').put({ id: 'gguf-1', source: `${address}?token=SECRET` });
    at('models').put({ id: 'gguf-2', source: 'model.gguf' });
    at('settings').put({ etag: null, bytes: 5 }, `download:${address}?token=SECRET`);
    at('settings').put(`https://me:SECRET@host.org/a/model.gguf`, 'staging:x');
    at('settings').put('kept', 'a setting');
  };
  await new Promise((resolve) => (request.onsuccess = resolve));
  request.result.close();
  const store = new IdbRunStore();
  expect(await store.setting(`download:${address}`)).toEqual({ etag: null, bytes: 5 });
  expect(await store.setting('staging:x')).toBe(address);
  expect(await store.setting('a setting')).toBe('kept');
  store.close();
  const raw = await openRaw();
  const rows = await dump(raw);
  expect(JSON.stringify(rows)).not.toContain('SECRET');
  expect(rows['models']?.map(([, row]) => row)).toEqual([
    { id: 'gguf-1', source: address },
    { id: 'gguf-2', source: 'model.gguf' },
  ]);
  const notes = raw.transaction('outbox').objectStore('outbox').getAll();
  await new Promise((resolve) => (notes.onsuccess = resolve));
  const noted = (notes.result as OutboxEntry[]).flatMap(({ changes }) => changes.map(([, key]) => key));
  expect(noted).toContain('gguf-1');
  expect(noted).toContain(`download:${address}`);
  expect(noted).not.toContain('gguf-2');
  raw.close();
});
