/** Tells every tab which rows were written. A hint to read again, sent after the commit: the database is the truth. */
import { Listeners } from '../core/listeners';
import type { StoreName } from './schema';

const CHANNEL = 'self-instruct-changes';

/**
 * Keys of the rows that one transaction wrote or removed, by store. Rows that were removed as a range are left out: they
 * go together with their record.
 */
export type ChangedKeys = ReadonlyMap<StoreName, ReadonlySet<string>>;

export class ChangeNotices {
  readonly #listeners = new Listeners<[ChangedKeys, boolean]>();
  #channel: BroadcastChannel | null = null;

  /**
   * @param listener also told whether another tab made the change
   * @returns a function that ends it
   */
  add(listener: (changed: ChangedKeys, elsewhere: boolean) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Begins to hear other tabs. */
  open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      // A tab with another version of the app may send something else.
      if (data instanceof Map) this.#listeners.notify(data as ChangedKeys, true);
    });
  }

  send(changed: ChangedKeys): void {
    if (changed.size === 0) return;
    this.#channel?.postMessage(changed);
    this.#listeners.notify(changed, false);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
