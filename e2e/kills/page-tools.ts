/** What the campaign puts into every page before the app loads, to see what is stored and when. */
import type { ConsoleMessage, Page } from 'puppeteer-core';

/** One row that a finished transaction had put: its store, its key, and a fingerprint of what was put. */
export type PutRow = readonly [store: string, key: string, print: string];

export interface StoredRow {
  readonly key: string;
  readonly print: string;
  readonly row: Readonly<Record<string, unknown>>;
}
export type StoredFile = readonly [size: number, sha256: string];
/** All that an origin keeps: the rows of its database by store, and the files of finetuned models. */
export interface Stored {
  readonly stores: Readonly<Record<string, readonly StoredRow[]>>;
  readonly files: readonly StoredFile[];
}

declare global {
  interface Window {
    /**
     * @param withFiles whether the files of models are read and hashed too
     * @param only these stores; all by default
     */
    readStored: (withFiles: boolean, only?: readonly string[]) => Promise<Stored>;
    /** Lets a work go on in the page; `workEnded` then says whether it is over, or why it failed. */
    goOn: (work: Promise<unknown>) => void;
    workEnded: boolean | string;
  }
}

/** The mark of its lines in the console. */
const MARK = 'stored ';

/** Puts the tools into the pages that `page` will load; `onCommit` gets the rows of each transaction as it is acknowledged. */
export async function watch(page: Page, onCommit: (rows: readonly PutRow[]) => void): Promise<void> {
  page.on('console', (message: ConsoleMessage) => {
    const text = message.text();
    if (text.startsWith(MARK)) onCommit(JSON.parse(text.slice(MARK.length)) as PutRow[]);
  });
  await page.evaluateOnNewDocument(installTools, MARK);
}

/** Runs in the page: it may use nothing of this file. */
function installTools(mark: string): void {
  const asJson = (row: unknown): string =>
    JSON.stringify(row, (_, value: unknown) =>
      value instanceof Uint8Array ? { bytes: value.byteLength } : value,
    );
  /** FNV-1a. */
  const print = (text: string): string => {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash >>> 0).toString(16);
  };
  /** All keys of this database are strings. */
  const keyOf = (store: IDBObjectStore, row: unknown, key: IDBValidKey | undefined): string =>
    (key ?? (row as Record<string, IDBValidKey>)[store.keyPath as string]) as string;

  const issued = new WeakMap<IDBTransaction, [string, string, string][]>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this`
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, row: unknown, key?: IDBValidKey) {
    const request = key === undefined ? put.call(this, row) : put.call(this, row, key);
    let rows = issued.get(this.transaction);
    if (!rows) {
      const list: [string, string, string][] = [];
      rows = list;
      issued.set(this.transaction, list);
      this.transaction.addEventListener('complete', () => console.debug(mark + JSON.stringify(list)));
    }
    rows.push([this.name, keyOf(this, row, key), print(asJson(row))]);
    return request;
  };

  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('a request failed'));
    });
  const hex = (bytes: ArrayBuffer): string =>
    [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  async function* filesIn(folder: FileSystemDirectoryHandle): AsyncGenerator<File> {
    for await (const entry of folder.values()) {
      if (entry.kind === 'directory') yield* filesIn(entry);
      else yield await entry.getFile();
    }
  }
  async function modelFiles(): Promise<[number, string][]> {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('models').catch(() => null);
    const files: [number, string][] = [];
    if (!folder) return files;
    for await (const file of filesIn(folder)) {
      files.push([file.size, hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))]);
    }
    return files.sort(([, a], [, b]) => (a < b ? -1 : 1));
  }
  window.workEnded = false;
  window.goOn = (work) => {
    work.then(
      () => (window.workEnded = true),
      (error: unknown) => (window.workEnded = String(error)),
    );
  };
  window.readStored = async (withFiles, only) => {
    const files = withFiles ? await modelFiles() : [];
    const stores: Record<string, { key: string; print: string; row: Record<string, unknown> }[]> = {};
    // To open one that is not there would make it.
    const known = await indexedDB.databases();
    if (!known.some(({ name, version }) => name === 'self-instruct' && version !== 0))
      return { stores, files };
    const database = await settled(indexedDB.open('self-instruct'));
    for (const name of database.objectStoreNames) {
      // Tells how often was written since the last snapshot, not what is stored.
      if (name === 'outbox' || only?.includes(name) === false) continue;
      const store = database.transaction(name).objectStore(name);
      const [keys, rows] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
      stores[name] = rows.map((row: unknown, i) => {
        const text = asJson(row);
        const value: unknown = JSON.parse(text);
        const record = typeof value === 'object' && value !== null ? value : { value };
        return { key: keys[i] as string, print: print(text), row: record as Record<string, unknown> };
      });
    }
    database.close();
    return { stores, files };
  };
}
