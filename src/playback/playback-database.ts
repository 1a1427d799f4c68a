/** A database for one recording that is played, apart from the user's own; it is removed when the playback ends. */
import type { WriterLock, WriterLocks } from '../app/writer-locks';
import { Connection } from '../storage/connection';
import { openHome } from '../storage/home';
import { DATABASE_NAME } from '../storage/schema';

const PREFIX = `${DATABASE_NAME}-playback-`;

export class PlaybackDatabase {
  readonly connection: Connection;
  #lock: WriterLock | null = null;
  #ended = false;

  constructor(
    private readonly locks: WriterLocks,
    private readonly name = PREFIX + crypto.randomUUID(),
  ) {
    this.connection = new Connection({
      // A screen that still reads when all is over would make the database again.
      home: () => (this.#ended ? new Promise(() => undefined) : openHome({ name, bucket: null })),
      outbox: false,
      alone: true,
    });
  }

  /** Says that the database is in use, and removes those of tabs that died. */
  async begin(): Promise<void> {
    this.#lock = await this.locks.acquire('playback', this.name);
    for (const name of await namesLeft()) {
      const lock = name === this.name ? null : await this.locks.acquire('playback', name);
      if (!lock) continue;
      await removed(name);
      lock.release();
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.connection.close();
    await removed(this.name);
    this.#lock?.release();
  }
}

/** Not every browser tells the names of databases: there, what a killed tab left stays. */
async function namesLeft(): Promise<readonly string[]> {
  const { databases } = indexedDB as Partial<IDBFactory>;
  const found = (await databases?.call(indexedDB)) ?? [];
  return found.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name] : []));
}

/** What cannot be removed now is removed by a later playback. */
const removed = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
