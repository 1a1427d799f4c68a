/**
 * A folder of files in IndexedDB, with the calls of the origin's private file system that are used here: pages of
 * plain-http addresses get no such file system. A key is a path; a folder is there as long as something lies in it.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

interface Files extends DBSchema {
  files: { key: string; value: Blob };
}

/** The part of FileSystemDirectoryHandle that is used. */
export type Folder = Pick<
  FileSystemDirectoryHandle,
  'kind' | 'name' | 'getDirectoryHandle' | 'getFileHandle' | 'removeEntry' | 'values'
>;

/** The uppermost folder. It has no handle to keep: each call opens the database and closes it. */
export const databaseFolder = (): Folder => new DatabaseFolder('', '') as unknown as Folder;

class DatabaseFolder {
  readonly kind = 'directory';

  /** @param path empty, or with a slash at its end */
  constructor(
    readonly name: string,
    private readonly path: string,
  ) {}

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<DatabaseFolder> {
    const path = `${this.path}${name}/`;
    if (!create && !(await use((files) => files.getKey('files', inside(path))))) throw notFound(name);
    return new DatabaseFolder(name, path);
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<DatabaseFile> {
    const key = this.path + name;
    if (!(await use((files) => files.getKey('files', key)))) {
      if (!create) throw notFound(name);
      await use((files) => files.put('files', new Blob([]), key));
    }
    return new DatabaseFile(name, key);
  }

  async removeEntry(name: string): Promise<void> {
    const key = this.path + name;
    await use(async (files) => {
      const found = (await files.getKey('files', key)) ?? (await files.getKey('files', inside(`${key}/`)));
      if (found === undefined) throw notFound(name);
      const tx = files.transaction('files', 'readwrite');
      await Promise.all([tx.store.delete(key), tx.store.delete(inside(`${key}/`)), tx.done]);
    });
  }

  async *values(): AsyncGenerator<DatabaseFolder | DatabaseFile> {
    const keys = await use((files) => files.getAllKeys('files', inside(this.path)));
    const folders = new Set<string>();
    for (const key of keys) {
      const [name = '', ...rest] = key.slice(this.path.length).split('/');
      if (rest.length === 0) yield new DatabaseFile(name, key);
      else if (!folders.has(name)) yield new DatabaseFolder(name, `${this.path}${name}/`);
      if (rest.length > 0) folders.add(name);
    }
  }
}

class DatabaseFile {
  readonly kind = 'file';

  constructor(
    readonly name: string,
    private readonly key: string,
  ) {}

  async getFile(): Promise<File> {
    const content = await use((files) => files.get('files', this.key));
    if (!content) throw notFound(this.name);
    return new File([content], this.name);
  }

  /** What is written is in the database once the handle was closed. */
  async createSyncAccessHandle(): Promise<DatabaseWriter> {
    const content = await this.getFile();
    return new DatabaseWriter(this.key, content, new Uint8Array(await content.arrayBuffer()));
  }
}

/** Writes at the end of a file, in pieces that the browser may keep on its disk. */
class DatabaseWriter {
  #pieces: Blob[];
  #size: number;
  /** What was there before; not needed any more once something is written. */
  #before: Uint8Array | null;

  constructor(
    private readonly key: string,
    content: Blob,
    before: Uint8Array,
  ) {
    this.#pieces = [content];
    this.#size = content.size;
    this.#before = before;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    const part = this.#before?.subarray(at, at + into.length) ?? new Uint8Array(0);
    into.set(part);
    return part.length;
  }
  write(bytes: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    if (at !== this.#size) throw new Error('This file can only grow at its end.');
    this.#before = null;
    this.#pieces.push(new Blob([bytes]));
    this.#size += bytes.length;
    return bytes.length;
  }
  truncate(size: number): void {
    this.#pieces = [new Blob(this.#pieces).slice(0, size)];
    this.#size = size;
  }
  getSize(): number {
    return this.#size;
  }
  flush(): void {
    // One transaction writes all of it when it is closed.
  }
  async close(): Promise<void> {
    await use((files) => files.put('files', new Blob(this.#pieces), this.key));
  }
}

async function use<T>(work: (files: IDBPDatabase<Files>) => Promise<T>): Promise<T> {
  const files = await openDB<Files>('self-instruct-files', 1, {
    upgrade: (database) => void database.createObjectStore('files'),
  });
  try {
    return await work(files);
  } finally {
    files.close();
  }
}

/** All that lies in a folder. */
const inside = (path: string): IDBKeyRange => IDBKeyRange.bound(path, `${path}\uffff`);
/** As the file system says it. */
const notFound = (name: string): DOMException => new DOMException(`“${name}” is not there.`, 'NotFoundError');
