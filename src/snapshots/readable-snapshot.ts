/** All rows of a database, read from it once: of a newer one, or where no snapshots are written. */
import { wrap } from 'idb';
import { AppError } from '../core/errors';
import type { Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import { type Home, openHome } from '../storage/home';
import { storageFailure } from '../storage/open-database';
import type { Database } from '../storage/schema';
import { LineWriter, SNAPSHOT_STORES, snapshotHeader } from './snapshot-format';
import { WORDS } from './words';

/** Rows that are read at once. */
const ROWS = 250;

/**
 * The rows of all stores that this version knows, as a snapshot. Reads only, in one transaction: writers wait.
 * @throws AppError storage-unavailable; AbortError when stopped
 */
export async function readableSnapshot(
  home: Home,
  name: string,
  now: number,
  signal: StopSignal,
  onProgress: (progress: Progress) => void,
): Promise<File> {
  const database = await openAsItIs(home);
  try {
    const stores = SNAPSHOT_STORES.filter((store) => database.objectStoreNames.contains(store));
    const writer = new LineWriter();
    const parts: BlobPart[] = [snapshotHeader({ home: home.name, begunAt: now })];
    const tx = database.transaction(stores);
    let done = 0;
    const counts = { runs: 0, trainings: 0, evaluations: 0, seedSets: 0, models: 0 };
    for (const store of stores) {
      for (let rest: IDBKeyRange | null = null; ;) {
        signal.throwIfAborted();
        const from = tx.objectStore(store);
        const [keys, rows] = await Promise.all([from.getAllKeys(rest, ROWS), from.getAll(rest, ROWS)]);
        for (const [i, row] of rows.entries()) writer.row(store, String(keys[i]), row);
        parts.push(new Blob([writer.take()]));
        done += rows.length;
        if (store in counts) counts[store as keyof typeof counts] += rows.length;
        onProgress({ label: WORDS.reading, unit: 'rows', done, total: null });
        if (rows.length < ROWS) break;
        rest = IDBKeyRange.lowerBound(keys.at(-1), true);
      }
    }
    writer.mark({ seq: 0, token: 0, at: now, base: 0, counts });
    return new File([...parts, writer.take()], name, { type: 'application/jsonl' });
  } finally {
    database.close();
  }
}

/** At the version it has. */
async function openAsItIs(home: Home): Promise<Database> {
  const { factory, name } = await openHome(home);
  return new Promise((resolve, reject) => {
    const request = factory.open(name);
    request.onsuccess = () => resolve(wrap(request.result) as Database);
    request.onerror = () => reject(new AppError(storageFailure(request.error), { cause: request.error }));
    // There is none: nothing is made.
    request.onupgradeneeded = () => request.transaction?.abort();
  });
}
