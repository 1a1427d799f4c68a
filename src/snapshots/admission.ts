/**
 * Looks at a database before anything is read from it or written to it: whether it is ours, whether it is the one that the
 * snapshots were written from, and whether the browser has emptied it.
 */
import type { Failure } from '../core/errors';
import type { Admission } from '../storage/open-database';
import { FIRST_HOME } from '../storage/home';
import type { Database, StoreName } from '../storage/schema';
import { readHeader, type SnapshotMark } from './snapshot-format';
import { firstLine, lastMark, snapshotFile, snapshotNames } from './snapshot-folder';

/** Whoever has data has a row in one of these. */
const TELLING: readonly StoreName[] = ['runs', 'seedSets', 'trainings', 'evaluations', 'models'];

/** What is known of the data outside of the database and its snapshots. */
export interface Traces {
  /** Whether runs were stored here and nobody deleted them. */
  stored(): boolean;
}

/** @param traces of this page; workers have none */
export const admission =
  (traces: Traces = { stored: () => false }): Admission =>
  async (database, dataLoss): Promise<Failure | null> => {
    const empty = await isEmpty(database);
    if (dataLoss !== null && empty) return { kind: 'storage-lost', cause: 'damaged', detail: dataLoss };
    const mark = await newestMark(database.name);
    if (mark && hasData(mark)) {
      const outbox = reading(database, ['outbox']).objectStore('outbox');
      if ((await outbox.get(mark.seq))?.token === mark.token) return null;
      return { kind: 'storage-lost', cause: empty ? 'cleared' : 'older', detail: '' };
    }
    if (empty && !mark && traces.stored()) return { kind: 'storage-lost', cause: 'cleared', detail: '' };
    return null;
  };

/** Of the snapshots that were written from this database; after a move the first home has those of all. */
async function newestMark(home: string): Promise<SnapshotMark | null> {
  try {
    for (const name of await snapshotNames()) {
      const file = await snapshotFile(name);
      const found = file && (await lastMark(file));
      if (!found) continue;
      const header = readHeader(await firstLine(file));
      return header?.home === home || home === FIRST_HOME.name ? found.mark : null;
    }
  } catch {
    // Without its private files, the browser can still have the database.
  }
  return null;
}

const hasData = ({ counts }: SnapshotMark): boolean =>
  Object.values(counts as unknown as Record<string, number>).some((count) => count > 0);

async function isEmpty(database: Database): Promise<boolean> {
  const tx = reading(database, TELLING);
  const keys = await Promise.all(
    TELLING.map((store) => tx.objectStore(store).getKey(IDBKeyRange.lowerBound(''))),
  );
  return keys.every((key) => key === undefined);
}

function reading(database: Database, stores: readonly StoreName[]) {
  const tx = database.transaction([...stores]);
  // When the transaction fails, its requests fail: they tell.
  tx.done.catch(() => undefined);
  return tx;
}
