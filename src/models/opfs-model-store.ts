/**
 * Models in the origin's private file system. The row is written last and removed first, so that a model which is not
 * whole is never seen; what a killed tab left is either gone on with or cleaned away.
 */
import { AppError } from '../core/errors';
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { Connection } from '../storage/connection';
import type { StoredModelRow } from '../storage/schema';
import type { FileWork } from './file-work';
import {
  folderBytes,
  folders,
  markStaging,
  modelOf,
  newFolder,
  openFile,
  pathParts,
  removeFile,
  removeFolder,
  stagings,
  unmarkStaging,
} from './model-folders';
import type { ModelStaging, ModelStore } from './model-store';

/** Held while rows and folders are changed together, over all tabs. */
const LOCK = 'models';

/** A model that was begun and not finished: it takes space, and can be gone on with. */
export interface UnfinishedModel {
  readonly id: string;
  readonly bytes: number;
}

export class OpfsModelStore implements ModelStore {
  readonly #listeners = new Set<() => void>();
  /** Stagings of this page, by model; a newer one of the same model takes the place of the older. */
  readonly #open = new Map<string, Staging>();
  #cleaned: Promise<void> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly work: FileWork,
  ) {}

  async list(): Promise<readonly StoredModel[]> {
    const rows = await this.#rows();
    return rows.sort((a, b) => b.storedAt - a.storedAt).map(modelOfRow);
  }

  async get(id: string): Promise<StoredModel | undefined> {
    const row = await this.#row(id);
    return row && modelOfRow(row);
  }

  async file(id: string, name: string): Promise<File> {
    const row = await this.#row(id);
    const entry = row?.files.find((file) => file.name === name);
    const file = row && entry && (await openStored(row, name));
    // A file of another size was cut: no engine may get it.
    if (file?.size !== entry?.bytes || !file) {
      throw new AppError({ kind: 'model-file-missing', url: `${id}/${name}`, status: null });
    }
    return file;
  }

  async stage(id: string): Promise<ModelStaging> {
    await this.clean();
    const earlier = this.#open.get(id);
    const held = earlier?.handOver() ?? (await holdStaging(id));
    try {
      const folder = await exclusively(async () => {
        const taken = new Set((await this.#rows()).map((row) => row.folder));
        const begun = (await stagings()).find((name) => modelOf(name) === id && !taken.has(name));
        const folder = begun ?? newFolder(id);
        if (begun === undefined) await markStaging(folder);
        return folder;
      });
      const staging = new Staging(folder, this.work, held, (model, files) =>
        this.#publish(id, folder, model, files),
      );
      this.#open.set(id, staging);
      return staging;
    } catch (error) {
      held.release();
      throw error;
    }
  }

  async rename(id: string, name: string): Promise<void> {
    await this.connection.write(['models'], 'strict', async (tx) => {
      const row = await tx.get('models', id);
      if (row) tx.put('models', { ...row, name });
    });
    this.#tell();
  }

  async delete(id: string): Promise<void> {
    await exclusively(async () => {
      const row = await this.#row(id);
      if (!row) return;
      await this.connection.write(['models'], 'strict', (tx) => tx.delete('models', id));
      this.#tell();
      await removeStored(row);
    });
  }

  async check(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<readonly string[]> {
    const row = await this.#row(id);
    if (!row) throw new AppError({ kind: 'model-file-missing', url: id, status: null });
    const total = row.files.reduce((sum, file) => sum + file.bytes, 0);
    let done = 0;
    const wrong: string[] = [];
    for (const { name, bytes, sha256 } of row.files) {
      const tell = (hashed: number): void => onProgress({ label: name, done: done + hashed, total });
      tell(0);
      if (!(await this.#isWhole(row, { name, bytes, sha256 }, signal, tell))) wrong.push(name);
      done += bytes;
    }
    return wrong;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What was begun and not finished, by any tab. */
  async unfinished(): Promise<readonly UnfinishedModel[]> {
    await this.clean();
    const taken = new Set((await this.#rows()).map((row) => row.folder));
    const begun = (await stagings()).filter((folder) => !taken.has(folder));
    return Promise.all(
      begun.map(async (folder) => ({ id: modelOf(folder), bytes: await folderBytes(folder) })),
    );
  }

  /**
   * Removes what no row and no staging names: a tab died while it deleted or published. Done once by each page.
   * @throws AppError storage-unavailable
   */
  clean(): Promise<void> {
    this.#cleaned ??= exclusively(async () => {
      const taken = new Set((await this.#rows()).map((row) => row.folder));
      const begun = new Set(await stagings());
      for (const folder of begun) if (taken.has(folder)) await unmarkStaging(folder);
      for (const folder of await folders()) {
        if (!taken.has(folder) && !begun.has(folder)) await removeFolder(folder);
      }
    }).catch((error: unknown) => {
      this.#cleaned = null;
      throw error;
    });
    return this.#cleaned;
  }

  #rows(): Promise<StoredModelRow[]> {
    return this.connection.read(['models'], (tx) => tx.objectStore('models').getAll());
  }

  #row(id: string): Promise<StoredModelRow | undefined> {
    return this.connection.read(['models'], (tx) => tx.objectStore('models').get(id));
  }

  /** From the moment the row names its folder the model exists; what the row named before is removed. */
  #publish(
    id: string,
    folder: string,
    model: Omit<StoredModel, 'files'>,
    files: readonly StoredFile[],
  ): Promise<StoredModel> {
    if (model.id !== id) throw new Error(`${model.id} was staged as ${id}`);
    return exclusively(async () => {
      const before = await this.#row(id);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const row: StoredModelRow = { ...model, bytes, files, folder };
      await this.connection.write(['models'], 'strict', (tx) => tx.put('models', row));
      this.#open.delete(id);
      await unmarkStaging(folder);
      this.#tell();
      if (before) await removeStored(before);
      return modelOfRow(row);
    });
  }

  async #isWhole(
    row: StoredModelRow,
    { name, bytes, sha256 }: StoredFile,
    signal: AbortSignal,
    tell: (bytes: number) => void,
  ): Promise<boolean> {
    const file = await openStored(row, name);
    if (file?.size !== bytes) return false;
    try {
      return (await this.work.hash(file, signal, tell)) === sha256;
    } catch (error) {
      if (error instanceof AppError && error.failure.kind === 'bad-file') return false;
      throw error;
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The right of one tab to put one model together; it ends with the tab. */
interface Held {
  release(): void;
}

class Staging implements ModelStaging {
  /** Files that were checked to their end by this staging; only they are published. */
  readonly #files = new Map<string, StoredFile>();
  #over = false;

  constructor(
    private readonly folder: string,
    private readonly work: FileWork,
    private readonly held: Held,
    private readonly put: (
      model: Omit<StoredModel, 'files'>,
      files: readonly StoredFile[],
    ) => Promise<StoredModel>,
  ) {}

  async size(name: string): Promise<number> {
    return (await openFile({ folder: this.folder, name }))?.size ?? 0;
  }

  async write(
    name: string,
    content: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
    promised: { readonly bytes?: number; readonly sha256?: string; readonly from?: number },
    signal: AbortSignal,
    onProgress: (bytes: number) => void = () => undefined,
  ): Promise<StoredFile> {
    this.#mustBeOpen();
    pathParts(name);
    this.#files.delete(name);
    const place = { folder: this.folder, name };
    const range = { from: promised.from ?? 0, limit: promised.bytes ?? Number.MAX_SAFE_INTEGER };
    try {
      const { bytes, sha256 } = await this.work.write(place, content, range, signal, onProgress);
      if (promised.bytes !== undefined && bytes !== promised.bytes) {
        throw bad(name, `it has ${bytes} bytes instead of ${promised.bytes}`);
      }
      if (promised.sha256 !== undefined && sha256 !== promised.sha256.toLowerCase()) {
        throw bad(name, 'its check sum differs, so it was damaged on the way or is another file');
      }
      const file: StoredFile = { name, bytes, sha256 };
      this.#files.set(name, file);
      return file;
    } catch (error) {
      // A wrong body never counts as begun.
      if (error instanceof AppError && error.failure.kind === 'bad-file') await removeFile(place);
      throw error;
    }
  }

  async publish(model: Omit<StoredModel, 'files'>): Promise<StoredModel> {
    this.#mustBeOpen();
    const files = [...this.#files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const stored = await this.put(model, files);
    this.#end();
    return stored;
  }

  async discard(): Promise<void> {
    if (this.#over) return;
    // First the files: while the mark is there, what is left of them is known.
    await removeFolder(this.folder);
    await unmarkStaging(this.folder);
    this.#end();
  }

  /** Another staging of the same model goes on in its place. */
  handOver(): Held | null {
    if (this.#over) return null;
    this.#over = true;
    return this.held;
  }

  #end(): void {
    this.#over = true;
    this.held.release();
  }

  #mustBeOpen(): void {
    if (this.#over) throw new Error('This staging has ended.');
  }
}

/** The row without what only the store needs. */
function modelOfRow({ folder: _, ...model }: StoredModelRow): StoredModel {
  return model;
}

const openStored = (row: StoredModelRow, name: string): Promise<File | null> =>
  row.folder === null ? Promise.resolve(null) : openFile({ folder: row.folder, name });

async function removeStored(row: StoredModelRow): Promise<void> {
  if (row.folder !== null) await removeFolder(row.folder);
}

const bad = (name: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: `“${name}” was not kept: ${detail}.` });

function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(LOCK, work);
}

/** @throws AppError storage-unavailable when another tab puts this model together */
function holdStaging(id: string): Promise<Held> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`${LOCK}-staging-${id}`, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((free) => resolve({ release: free }));
        const detail = 'Another tab is fetching or making this model. Wait for it, or close that tab.';
        reject(new AppError({ kind: 'storage-unavailable', detail }));
        return undefined;
      })
      .catch(reject);
  });
}
