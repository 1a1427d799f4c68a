/** The database as it lies, read and filled without the product's own code. */
const NAME = 'self-instruct';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the request failed'));
  });

export type Dump = Readonly<Record<string, readonly (readonly [IDBValidKey, unknown])[]>>;

export const openRaw = (version?: number, name = NAME): Promise<IDBDatabase> =>
  settled(indexedDB.open(name, version));

export async function deleteDatabase(name = NAME): Promise<void> {
  await settled(indexedDB.deleteDatabase(name));
}

export async function dump(database: IDBDatabase): Promise<Dump> {
  // What is noted for snapshots tells how often was written, not what is stored.
  const names = [...database.objectStoreNames].filter((name) => name !== 'outbox');
  const tx = database.transaction(names);
  const rows = await Promise.all(
    names.map(async (name) => {
      const store = tx.objectStore(name);
      const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
      return [name, keys.map((key, i) => [key, values[i] as unknown] as const)] as const;
    }),
  );
  return Object.fromEntries(rows);
}

/** Opens a database, reads all rows, and closes it. */
export async function storedRows(name?: string): Promise<Dump> {
  const raw = await openRaw(undefined, name);
  try {
    return await dump(raw);
  } finally {
    raw.close();
  }
}

/** Replaces everything by the rows of a dump. */
export async function restore(database: IDBDatabase, rows: Dump): Promise<void> {
  const tx = database.transaction([...database.objectStoreNames], 'readwrite');
  const ended = new Promise<void>((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('aborted'));
  });
  for (const name of database.objectStoreNames) {
    const store = tx.objectStore(name);
    store.clear();
    for (const [key, row] of rows[name] ?? []) store.put(row, store.keyPath === null ? key : undefined);
  }
  await ended;
}

/** A database of the first version with one setting and runs. */
export async function makeFirstVersion(
  runs: readonly { readonly id: string; readonly number: number }[] = [],
): Promise<void> {
  const request = indexedDB.open('self-instruct', 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    for (const [name, keyPath] of [
      ['runs', 'id'],
      ['progress', 'runId'],
      ['candidates', 'id'],
      ['calls', 'id'],
      ['seedSets', 'id'],
    ] as const) {
      const store = database.createObjectStore(name, { keyPath });
      if (name === 'runs') for (const run of runs) store.put(run);
    }
    database.createObjectStore('tasks', { keyPath: 'id' }).createIndex('by-stage', ['runId', 'stage']);
    database.createObjectStore('settings').put('kept', 'a setting');
  };
  await new Promise((resolve) => (request.onsuccess = resolve));
  request.result.close();
}
