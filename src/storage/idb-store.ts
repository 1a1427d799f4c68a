/** What the stores have in common: the connection, and listeners to their changes. */
import { Listeners } from '../core/listeners';
import { Connection } from './connection';

/** A store in IndexedDB. `Change` is passed to its listeners. */
export abstract class IdbStore<Change extends unknown[] = []> {
  protected readonly listeners = new Listeners<Change>();

  /** @param connection shared with other stores; by default one of its own. */
  constructor(protected readonly connection = new Connection()) {}

  /** Calls `listener` after each change made by this page. @returns a function that ends it */
  watch(listener: (...change: Change) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.connection.close();
  }
}
