/** Fills a new home with what a snapshot holds. Until that is done, the old home stays the one in use. */
import { AppError } from '../core/errors';
import type { Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import { Connection } from '../storage/connection';
import { type Home, openHome } from '../storage/home';
import { plainRow } from '../storage/plain-row';
import { storageFailure } from '../storage/open-database';
import { SNAPSHOT_STORES, type SnapshotChange } from './snapshot-format';
import { type CheckedSnapshot, snapshotLines } from './read-snapshot';
import { WORDS } from './words';

/** Lines that are written in one transaction. */
const SLICE = 500;

/**
 * @param home is emptied first: a restore before this one may have been killed
 * @param only the stores to be filled; all of them by default
 * @throws AppError storage-full, storage-unavailable; AbortError when stopped
 */
export async function restoreInto(
  home: Home,
  file: File,
  { mark }: Pick<CheckedSnapshot, 'mark'>,
  signal: StopSignal,
  onProgress: (progress: Progress) => void,
  only = SNAPSHOT_STORES,
): Promise<void> {
  await deleteHome(home);
  const connection = new Connection({ home: () => openHome(home), outbox: false });
  const write = (lines: readonly SnapshotChange[], durability: IDBTransactionDurability): Promise<void> =>
    connection.write(only, durability, (tx) => {
      for (const line of lines) {
        if (line.kind === 'delete') tx.delete(line.store, IDBKeyRange.bound(line.from, line.to));
        else {
          const [key, row] = plainRow(line.store, line.key, line.row);
          tx.put(line.store, row, line.store === 'settings' ? key : undefined);
        }
      }
    });
  const report = (done: number): void => onProgress({ label: WORDS.restoring, done, total: file.size });
  try {
    let slice: SnapshotChange[] = [];
    for await (const line of snapshotLines(file, mark, signal, report)) {
      if (only.includes(line.store)) slice.push(line);
      if (slice.length < SLICE) continue;
      await write(slice, 'relaxed');
      slice = [];
    }
    // Whatever came before is on the disk when the last ones are.
    await write(slice, 'strict');
  } finally {
    connection.close();
  }
}
/** Removes a database for good. @throws AppError storage-unavailable, also when another tab holds it */
export async function deleteHome(home: Home): Promise<void> {
  const { factory, name } = await openHome(home);
  await new Promise<void>((resolve, reject) => {
    const request = factory.deleteDatabase(name);
    const fail = (error: unknown): void => reject(new AppError(storageFailure(error), { cause: error }));
    request.onsuccess = () => resolve();
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error(WORDS.held));
  });
}
