/**
 * The handle to the database, one for all stores of a page. A handle that died (backing store, lost connection, "closing") is dropped and
 * opened again, three times; then the failure is reported. Nothing is swallowed.
 */
import { type IDBPTransaction, unwrap } from 'idb';
import { AppError, type Failure, failureOf } from '../core/errors';
import { type ChangedKeys, ChangeNotices } from './change-notices';
import { FIRST_HOME, openHome, type OpenHome } from './home';
import { inTime } from './in-time';
import { type Admission, openDatabase, storageFailure } from './open-database';
import { Outbox } from './outbox';
import type { Database, RowStore, Schema, StoreName } from './schema';

const ATTEMPTS = 3;
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

export interface ConnectionOptions {
  /** Where the database is; the first home by default. */
  readonly home?: () => Promise<OpenHome>;
  /** Looks at the database each time before it is used. What it refuses stays refused until `accept`. */
  readonly admit?: Admission;
  /** Whether transactions are noted for snapshots; by default wherever snapshots can be. */
  readonly outbox?: boolean;
  /** Nobody else knows this database: other tabs are not told of its changes. */
  readonly alone?: boolean;
}

export class Connection {
  #database: Promise<Database> | null = null;
  readonly #notices = new ChangeNotices();
  readonly #outbox: boolean;
  #refused: AppError | null = null;
  #accepted = false;

  constructor(private readonly options: ConnectionOptions = {}) {
    this.#outbox = options.outbox ?? canSnapshot();
  }

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
      const outbox = this.#outbox ? new Outbox() : null;
      const all: StoreName[] = outbox && !stores.includes('outbox') ? [...stores, 'outbox'] : [...stores];
      const tx = database.transaction(all, 'readwrite', { durability });
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
        const result = await work(writing(tx, changed, outbox));
        outbox?.close(raw);
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

  /**
   * Opens the database now.
   * @returns why it does not open or is not to be used; null when it is open
   */
  async open(): Promise<Failure | null> {
    try {
      await this.#use(() => Promise.resolve());
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }
  /** Uses the database as it is, although it was refused. */
  accept(): void {
    this.#accepted = true;
    this.#refused = null;
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    if (this.#database) this.#drop(this.#database);
    this.#notices.close();
  }

  async #use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.#refused) throw this.#refused;
      const opened = (this.#database ??= this.#open());
      try {
        return await inTime(work(await opened));
      } catch (error) {
        this.#drop(opened);
        if (error instanceof AppError && error.failure.kind === 'storage-lost') this.#refused = error;
        if (!isStorageFault(error)) throw error;
        const failure = storageFailure(error);
        if (failure.kind !== 'storage-unavailable' || attempt === ATTEMPTS) {
          throw new AppError(failure, { cause: error });
        }
      }
    }
  }

  #open(): Promise<Database> {
    const { home = () => openHome(FIRST_HOME), admit, alone = false } = this.options;
    if (!alone) this.#notices.open();
    const opened = home()
      .then((place) => openDatabase(place, this.#accepted ? undefined : admit, () => this.#drop(opened)))
      .then((database) => {
        // Opened after all, but no longer needed.
        if (this.#database !== opened) database.close();
        return database;
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
  outbox: Outbox | null,
): WriteTransaction {
  const raw = unwrap(tx);
  const note = (store: StoreName, key: string): void => {
    outbox?.note(store, key);
    const keys = changed.get(store);
    if (keys) keys.add(key);
    else changed.set(store, new Set([key]));
  };
  const writes: Pick<WriteTransaction, 'put' | 'delete'> = {
    put(store, row, key) {
      const rows = raw.objectStore(store);
      rows.put(row, key);
      // What the writer of snapshots notes for itself concerns nobody.
      if (store === 'outbox') return;
      note(
        store,
        (key as string | undefined) ?? (row as Record<string, string>)[rows.keyPath as string] ?? '',
      );
    },
    delete(store, key) {
      raw.objectStore(store).delete(key);
      if (typeof key === 'string') note(store, key);
      else if (key instanceof IDBKeyRange) outbox?.note(store, String(key.lower), String(key.upper));
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

/** Snapshots lie in the origin's private file system. Node has a navigator only from version 21 on. */
export const canSnapshot = (): boolean =>
  typeof navigator !== 'undefined' &&
  typeof (navigator as { readonly storage?: Partial<StorageManager> }).storage?.getDirectory === 'function';

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
