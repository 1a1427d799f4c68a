/** Notes what a transaction changes, in the same transaction: the snapshot writer reads it (src/snapshots). */
import type { OutboxEntry, SnapshotStore, StoreName } from './schema';

/** Of one transaction. */
export class Outbox {
  readonly #changes: OutboxEntry['changes'][number][] = [];

  /** @param to the last key of a range that is removed */
  note(store: StoreName, key: string, to?: string): void {
    if (isIn(store)) this.#changes.push(to === undefined ? [store, key] : [store, key, to]);
  }

  /** Writes the note, as the last of the transaction. */
  close(transaction: IDBTransaction): void {
    if (this.#changes.length === 0) return;
    const entry: OutboxEntry = { token: newToken(), changes: this.#changes };
    transaction.objectStore('outbox').put(entry);
  }
}

export const newToken = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** Stores that no snapshot holds. */
const LEFT_OUT: readonly StoreName[] = ['outbox', 'checkpoints', 'undoSteps', 'undoEdits'];
const isIn = (store: StoreName): store is SnapshotStore => !LEFT_OUT.includes(store);
