/**
 * The handle to the database, one for all stores of a page. A handle that died (backing store, lost connection, "closing") is dropped and
 * opened again, three times; then the failure is reported. Nothing is swallowed.
 */
import { type IDBPTransaction, openDB, unwrap } from 'idb';
import { AppError } from '../core/errors';
import { type ChangedKeys, ChangeNotices } from './change-notices';
import {
  DATABASE_NAME,
  DATABASE_VERSION,
  type Database,
  type RowStore,
  type Schema,
  type StoreName,
  migrate,
} from './schema';

const ATTEMPTS = 3;
/** Opening takes a fraction of a second; what takes so long waits for something that may never come. */
const OPEN_MS = 10_000;
/** Another tab holds an older version: it closes at once when it can. */
const BLOCKED_MS = 3_000;

/** Stores whose rows are scanned by their ids. */
export type ScannedStore = RowStore | 'ratings' | 'answers';
export type ReadTransaction = IDBPTransaction<Schema, StoreName[]>;

/** The new form of a record: the same object leaves it as it is, undefined removes it. May throw: then nothing is written. */
type Change<S extends StoreName> = (row: Schema[S]['value'] | undefined) => Schema[S]['value'] | undefined;

/** What may be done inside a transaction that writes. */
export interface WriteTransaction {
  /** Reads the record, and writes what `change` makes of it. @returns what is stored then */
  change<S extends StoreName>(
    store: S,
    key: Schema[S]['key'],
    change: Change<S>,
  ): Promise<Schema[S]['value'] | undefined>;
  /** For new rows, and rows of which nobody else has another version; everything else is changed. */
  put<S extends StoreName>(store: S, row: Schema[S]['value'], key?: Schema[S]['key']): void;
  delete(store: StoreName, key: IDBValidKey | IDBKeyRange): void;
  get<S extends StoreName>(store: S, key: Schema[S]['key']): Promise<Schema[S]['value'] | undefined>;
  getAll<S extends StoreName>(store: S, range: IDBKeyRange, count: number): Promise<Schema[S]['value'][]>;
  lastKey<S extends StoreName>(store: S, range?: IDBKeyRange): Promise<Schema[S]['key'] | undefined>;
}

export class Connection {
  #database: Promise<Database> | null = null;
  readonly #notices = new ChangeNotices();

  /** Calls `listener` after each transaction that wrote, by this tab or another one. @returns a function that ends it */
  watch(listener: (changed: ChangedKeys, elsewhere: boolean) => void): () => void {
    return this.#notices.add(listener);
  }

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
   * Changes one record as it stands: read, change and write are one transaction, so that no tab undoes what another one
   * wrote meanwhile. Everything that is edited is edited by this, or by `change` inside a larger transaction.
   * @param change may be asked again, for the record as it stands then
   * @returns what is stored then
   * @throws AppError as `write` does; what `change` throws
   */
  change<S extends StoreName>(
    store: S,
    key: Schema[S]['key'],
    change: Change<S>,
    durability: IDBTransactionDurability = 'strict',
  ): Promise<Schema[S]['value'] | undefined> {
    return this.write([store], durability, (tx) => tx.change(store, key, change));
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
      const changed = new Map<StoreName, Set<string>>();
      try {
        const result = await work(writing(tx, changed));
        await ended;
        this.#notices.send(changed);
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
    this.#notices.close();
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
    this.#notices.open();
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

/** @param changed is given the keys of what is written */
function writing(
  tx: IDBPTransaction<Schema, StoreName[], 'readwrite'>,
  changed: Map<StoreName, Set<string>>,
): WriteTransaction {
  const raw = unwrap(tx);
  const note = (store: StoreName, key: string): void => {
    const keys = changed.get(store);
    if (keys) keys.add(key);
    else changed.set(store, new Set([key]));
  };
  const writes: Pick<WriteTransaction, 'put' | 'delete'> = {
    put(store, row, key) {
      const rows = raw.objectStore(store);
      rows.put(row, key);
      note(store, key ?? (row as Record<string, string>)[rows.keyPath as string] ?? '');
    },
    delete(store, key) {
      raw.objectStore(store).delete(key);
      if (typeof key === 'string') note(store, key);
    },
  };
  return {
    ...writes,
    async change(store, key, change) {
      const before = await tx.objectStore(store).get(key);
      const after = change(before);
      if (after === before) return before;
      if (after === undefined) writes.delete(store, key);
      else writes.put(store, after, raw.objectStore(store).keyPath === null ? key : undefined);
      return after;
    },
    get: (store, key) => tx.objectStore(store).get(key),
    getAll: (store, range, limit) => tx.objectStore(store).getAll(range, limit),
    lastKey: async (store, range) => (await tx.objectStore(store).openKeyCursor(range, 'prev'))?.primaryKey,
  };
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
