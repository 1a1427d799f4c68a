/** Whether a database still holds what its newest snapshot says: files of the browser rot without a word. */
import type { StopSignal } from '../core/signal';
import { rowCheck } from '../core/dataset/row-check';
import type { Connection } from '../storage/connection';
import type { SnapshotStore } from '../storage/schema';
import { SNAPSHOT_STORES, type SnapshotMark } from './snapshot-format';
import { snapshotLines } from './read-snapshot';

/** Rows that are read at once. */
const ROWS = 250;

/**
 * Reads all rows once.
 * @returns how many rows are missing, changed or should not be there, besides those that were written after the mark
 * @throws AppError storage-unavailable when rows cannot be read
 */
export async function differences(
  connection: Connection,
  file: File,
  mark: SnapshotMark,
  signal: StopSignal,
): Promise<number> {
  const expected = await checksOf(file, mark, signal);
  const suspects = new Set<string>();
  for (const store of SNAPSHOT_STORES) {
    for (let after = ''; ;) {
      const rest = after === '' ? null : IDBKeyRange.lowerBound(after, true);
      const [keys, rows] = await connection.read([store], (tx) => {
        const from = tx.objectStore(store);
        return Promise.all([from.getAllKeys(rest, ROWS), from.getAll(rest, ROWS)]);
      });
      for (const [i, row] of rows.entries()) {
        const key = keys[i] ?? '';
        const name = nameOf(store, key);
        if (expected.get(name) !== rowCheck(store === 'settings' ? { key, value: row } : row))
          suspects.add(name);
        expected.delete(name);
      }
      if (rows.length < ROWS) break;
      after = keys.at(-1) ?? '';
    }
  }
  for (const name of expected.keys()) suspects.add(name);
  // Read last: whatever was written while the rows were read is in it.
  const later = await connection.getAll('outbox', IDBKeyRange.lowerBound(mark.seq, true));
  for (const { changes } of later) {
    for (const [store, key, to = key] of changes) {
      for (const name of suspects) {
        if (name >= nameOf(store, key) && name <= nameOf(store, to)) suspects.delete(name);
      }
    }
  }
  return suspects.size;
}

/** The checksum of each row at the mark. */
async function checksOf(file: File, mark: SnapshotMark, signal: StopSignal): Promise<Map<string, number>> {
  const checks = new Map<string, number>();
  for await (const line of snapshotLines(file, mark, signal)) {
    if (line.kind === 'row') checks.set(nameOf(line.store, line.key), line.check);
    else if (line.from === line.to) checks.delete(nameOf(line.store, line.from));
    else {
      for (const name of checks.keys()) {
        if (name >= nameOf(line.store, line.from) && name <= nameOf(line.store, line.to)) checks.delete(name);
      }
    }
  }
  return checks;
}

const nameOf = (store: SnapshotStore, key: string): string => `${store}\u0000${key}`;
