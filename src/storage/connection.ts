/**
 * The one handle to the database. A handle that died (backing store, lost connection, "closing") is dropped and
 * opened anew, three times; then the failure is told. Nothing is swallowed.
 */
import { openDB } from 'idb';
import { AppError } from '../core/errors';
import { DATABASE_NAME, DATABASE_VERSION, type Database, type Schema, migrate } from './schema';

const ATTEMPTS = 3;

export class Connection {
  #database: Promise<Database> | null = null;

  /**
   * Runs `work` on an open database; repeats it on a fresh handle when the handle failed. `work` must be idempotent.
   * @throws AppError storage-full, storage-unavailable, storage-too-new
   */
  async use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.#open());
      } catch (error) {
        const failure = storageFailure(error);
        this.#drop();
        if (failure.kind !== 'storage-unavailable' || attempt === ATTEMPTS) {
          throw new AppError(failure, { cause: error });
        }
      }
    }
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.#drop();
  }

  #open(): Promise<Database> {
    this.#database ??= openDB<Schema>(DATABASE_NAME, DATABASE_VERSION, {
      upgrade: (database, from) => migrate(database, from),
      // A newer build in another tab wants to upgrade: let it.
      blocking: () => this.#drop(),
      terminated: () => (this.#database = null),
    });
    return this.#database;
  }

  #drop(): void {
    const old = this.#database;
    this.#database = null;
    void old?.then((database) => database.close()).catch(() => undefined);
  }
}

/** Browsers disguise a full disk: some report it as an aborted transaction. */
function storageFailure(error: unknown): AppError['failure'] {
  if (error instanceof AppError) return error.failure;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const detail = `${name}: ${message}`;
  if (name === 'QuotaExceededError' || (name === 'AbortError' && /quota/iu.test(message))) {
    return { kind: 'storage-full', detail };
  }
  if (name === 'VersionError') {
    const stored = Number(/existing version \((\d+)\)/u.exec(message)?.[1] ?? DATABASE_VERSION + 1);
    return { kind: 'storage-too-new', stored, known: DATABASE_VERSION };
  }
  return { kind: 'storage-unavailable', detail };
}
