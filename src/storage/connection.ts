/**
 * The handle to the database, one for all stores of a page. A handle that died (backing store, lost connection, "closing") is dropped and
 * opened again, three times; then the failure is reported. Nothing is swallowed.
 */
import { type IDBPTransaction, openDB, type StoreNames, unwrap } from 'idb';
import { AppError } from '../core/errors';
import {
  DATABASE_NAME,
  DATABASE_VERSION,
  type Database,
  type RowStore,
  type Schema,
  migrate,
} from './schema';

const ATTEMPTS = 3;
/** Opening takes a fraction of a second; what takes so long waits for something that may never come. */
const OPEN_MS = 10_000;
/** Another tab holds an older version: it closes at once when it can. */
const BLOCKED_MS = 3_000;

export type StoreName = StoreNames<Schema>;
/** Stores whose rows are scanned by their ids. */
export type ScannedStore = RowStore | 'ratings' | 'answers';
export type ReadTransaction = IDBPTransaction<Schema, StoreName[]>;

/** What may be done inside a transaction that writes. */
export interface WriteTransaction {
  put<S extends StoreName>(store: S, row: Schema[S]['value'], key?: Schema[S]['key']): void;
  delete(store: StoreName, key: IDBValidKey | IDBKeyRange): void;
  get<S extends StoreName>(store: S, key: Schema[S]['key']): Promise<Schema[S]['value'] | undefined>;
  getAll<S extends StoreName>(store: S, range: IDBKeyRange, count: number): Promise<Schema[S]['value'][]>;
  lastKey<S extends StoreName>(store: S): Promise<Schema[S]['key'] | undefined>;
}

export class Connection {
  #database: Promise<Database> | null = null;

  /** One reading transaction. @throws AppError storage-unavailable, storage-too-new */
  read<T>(stores: readonly StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return this.#use((database) => {
      const tx = database.transaction([...stores]);
      // When the transaction fails, its requests fail: they tell.
      tx.done.catch(() => undefined);
      return work(tx);
    });
  }

  /** The row under a key. */
  get<S extends StoreName>(store: S, key: Schema[S]['key']): Promise<Schema[S]['value'] | undefined> {
    return this.read([store], (tx) => tx.objectStore(store).get(key));
  }

  /** Rows in the order of their keys. */
  getAll<S extends StoreName>(store: S, range?: IDBKeyRange, count?: number): Promise<Schema[S]['value'][]> {
    return this.read([store], (tx) => tx.objectStore(store).getAll(range, count));
  }

  /** Rows in pages by key, each its own transaction: a scan may be slow without holding anything. */
  async *scan<S extends ScannedStore>(
    store: S,
    range: IDBKeyRange,
    size: number,
  ): AsyncGenerator<readonly Schema[S]['value'][]> {
    for (let rest = range; ;) {
      const page: Schema[S]['value'][] = await this.getAll(store, rest, size);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < size) return;
      rest = IDBKeyRange.bound(last.id, range.upper, true);
    }
  }

  /**
   * One writing transaction: all of it, or nothing and an error. `work` may run again on a fresh handle, so it must be
   * idempotent. `strict` survives a power cut, `relaxed` a killed browser.
   * @throws AppError storage-full, storage-unavailable, storage-too-new
   */
  write<T>(
    stores: readonly StoreName[],
    durability: IDBTransactionDurability,
    work: (tx: WriteTransaction) => Promise<T> | T,
  ): Promise<T> {
    return this.#use(async (database) => {
      const tx = database.transaction([...stores], 'readwrite', { durability });
      const raw = unwrap(tx);
      // Unlike `tx.done` this waits for the abort, which alone knows the cause.
      const ended = new Promise<void>((resolve, reject) => {
        raw.addEventListener('complete', () => resolve());
        raw.addEventListener('abort', () =>
          reject(raw.error ?? new DOMException('The transaction was aborted.', 'AbortError')),
        );
      });
      tx.done.catch(() => undefined);
      try {
        const result = await work({
          put: (store, row, key) => void raw.objectStore(store).put(row, key),
          delete: (store, key) => void raw.objectStore(store).delete(key),
          get: (store, key) => tx.objectStore(store).get(key),
          getAll: (store, range, limit) => tx.objectStore(store).getAll(range, limit),
          lastKey: async (store) => (await tx.objectStore(store).openKeyCursor(null, 'prev'))?.primaryKey,
        });
        await ended;
        return result;
      } catch (error) {
        // A request that throws does not end the transaction: without this, what came before it would be stored.
        if (!raw.error) abort(raw);
        await ended.catch(() => undefined);
        throw raw.error ?? error;
      }
    });
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    if (this.#database) this.#drop(this.#database);
  }

  async #use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const opened = (this.#database ??= this.#open());
      try {
        return await work(await opened);
      } catch (error) {
        this.#drop(opened);
        if (!isStorageFault(error)) throw error;
        const failure = storageFailure(error);
        if (failure.kind !== 'storage-unavailable' || attempt === ATTEMPTS) {
          throw new AppError(failure, { cause: error });
        }
      }
    }
  }

  #open(): Promise<Database> {
    const opened = new Promise<Database>((resolve, reject) => {
      const giveUp = (): void =>
        reject(
          new AppError({
            kind: 'storage-unavailable',
            detail: 'The database does not open. Another tab may hold an older version: close other tabs.',
          }),
        );
      let timer = setTimeout(giveUp, OPEN_MS);
      const settled = (): void => clearTimeout(timer);
      openDB<Schema>(DATABASE_NAME, DATABASE_VERSION, {
        upgrade: (database, from, _to, transaction) => migrate(database, from, transaction),
        blocked: () => {
          clearTimeout(timer);
          timer = setTimeout(giveUp, BLOCKED_MS);
        },
        // A newer build in another tab wants to upgrade: let it.
        blocking: () => this.#drop(opened),
        terminated: () => this.#drop(opened),
      })
        .then((database) => {
          settled();
          resolve(database);
          // Opened after all, but no longer needed.
          if (this.#database !== opened) database.close();
        })
        .catch((error: unknown) => {
          settled();
          // Where a browser has no IndexedDB at all, what it throws is not a DOMException.
          reject(
            error instanceof DOMException ? error : new AppError(storageFailure(error), { cause: error }),
          );
        });
    });
    return opened;
  }

  /** Only the handle that failed: another use may have opened a fresh one since. */
  #drop(opened: Promise<Database>): void {
    if (this.#database !== opened) return;
    this.#database = null;
    void opened.then((database) => database.close()).catch(() => undefined);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

/** What a database says of wrong calls: no state of the device causes them. */
const WRONG_CALLS = ['DataCloneError', 'DataError', 'ReadOnlyError', 'InvalidAccessError'];

/** Whether the browser failed. Anything else is an error of the program that passed through a transaction. */
const isStorageFault = (error: unknown): boolean =>
  error instanceof DOMException && !WRONG_CALLS.includes(error.name);

/** Browsers disguise a full disk: some report it as an aborted transaction. */
export function storageFailure(error: unknown): AppError['failure'] {
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
