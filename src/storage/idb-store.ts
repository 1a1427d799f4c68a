/** What the stores have in common: the connection, and listeners to their changes. */
import { Listeners } from '../core/listeners';
import type { ChangedKeys } from './change-notices';
import { Connection } from './connection';

/** A store in IndexedDB. `Change` is passed to its listeners. */
export abstract class IdbStore<Change extends unknown[] = []> {
  protected readonly listeners = new Listeners<Change>();

  /** @param connection shared with other stores; by default one of its own. */
  constructor(protected readonly connection = new Connection()) {
    connection.watch((changed, elsewhere) => this.changed(changed, elsewhere));
  }

  /** Calls `listener` after each change made by any tab. @returns a function that ends it */
  watch(listener: (...change: Change) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.connection.close();
  }

  /** Tells the listeners what concerns them of a transaction that wrote. */
  protected abstract changed(changed: ChangedKeys, elsewhere: boolean): void;
}
