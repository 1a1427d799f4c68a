/**
 * Runs before each file of tests in a browser: files share an origin, and what one leaves stored there (a database of
 * a newer version, a model, a snapshot) is nothing that the next one should find.
 */
import { beforeAll, vi } from 'vitest';

/** Not yet among the standard types. */
interface Buckets {
  keys(): Promise<string[]>;
  delete(name: string): Promise<void>;
}

/** Throws while another file's page, which is just going, still holds what is removed. */
async function emptyFileSystem(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}

const deleted = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error(`${name} was not deleted`));
  });

beforeAll(async () => {
  for (const { name } of await indexedDB.databases()) if (name) await deleted(name);
  const { storageBuckets } = navigator as { storageBuckets?: Buckets };
  for (const name of (await storageBuckets?.keys()) ?? []) await storageBuckets?.delete(name);
  for (const name of await caches.keys()) await caches.delete(name);
  localStorage.clear();
  await vi.waitFor(emptyFileSystem, { timeout: 10_000 });
});
