/**
 * Models in the origin's private file system. The row is written last and removed first, so that an incomplete model is
 * never visible; what a killed tab left is either resumed or removed.
 */
import { AppError } from '../core/errors';
import { Listeners } from '../core/listeners';
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { Connection } from '../storage/connection';
import type { StoredModelRow } from '../storage/schema';
import type { FileWork } from './file-work';
import {
  fileLocks,
  folderBytes,
  folders,
  keepOnly,
  markStaging,
  modelOf,
  newFolder,
  removeFolder,
  stagings,
  unmarkStaging,
} from './model-folders';
import type { ModelStaging, ModelStore } from './model-store';
import { holdStaging, Staging } from './staging';
import { cachedKeys, moveToCache, openStored, removeStored } from './stored-files';
import { type CacheKey, type CacheLeftover, leftovers, removeCached } from './web-llm-cache';

/** Held while rows and folders are changed together, over all tabs. */
const LOCK = 'models';

/** An unfinished model: it takes space and can be resumed. */
export interface UnfinishedModel {
  readonly key: string;
  /** Where it comes from; empty when unknown. */
  readonly source: string;
  readonly bytes: number;
}

/** All files are checked and are being moved: kept with the settings until it is done. */
interface HalfPublished {
  readonly row: StoredModelRow;
  readonly folder: string;
}
const sourceKey = (folder: string): string => `staging:${folder}`;
const halfKey = (id: string): string => `publishing:${id}`;

/** Files in the origin's private file system, rows in IndexedDB, models for web-llm in its caches. */
export class OpfsModelStore implements ModelStore {
  readonly #listeners = new Listeners();
  /** Stagings of this page, by model; a newer one of the same model takes the place of the older. */
  readonly #open = new Map<string, Staging>();
  #cleaned: Promise<void> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly work: FileWork,
  ) {
    connection.watch((changed) => {
      if (changed.has('models')) this.#listeners.notify();
    });
  }

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
      throw new AppError({ kind: 'model-file-missing', url: `${id}/${name}`, status: null, from: 'store' });
    }
    return file;
  }

  async stage(key: string, source = ''): Promise<ModelStaging> {
    await this.clean();
    const held = this.#open.get(key)?.handOver() ?? (await holdStaging(key));
    try {
      const folder = await exclusively(async () => {
        for (const half of await this.#halfPublished()) {
          if (modelOf(half.folder) === key) await this.#moveOn(half);
        }
        const taken = new Set((await this.#rows()).map((row) => row.folder));
        const begun = (await stagings()).find((name) => modelOf(name) === key && !taken.has(name));
        const folder = begun ?? newFolder(key);
        await this.connection.write(['settings'], 'relaxed', (tx) =>
          tx.put('settings', source, sourceKey(folder)),
        );
        if (begun === undefined) await markStaging(folder);
        return folder;
      });
      const library = {
        folder,
        publish: (model: Omit<StoredModel, 'files'>, files: readonly StoredFile[]) =>
          this.#publish(folder, model, files),
        discard: () => exclusively(() => this.#discard(key)),
      };
      const staging = new Staging(library, this.work, held);
      this.#open.set(key, staging);
      return staging;
    } catch (error) {
      held.release();
      throw error;
    }
  }

  async rename(id: string, name: string): Promise<void> {
    await this.connection.change('models', id, (row) => row && { ...row, name });
  }

  async delete(id: string): Promise<void> {
    await exclusively(async () => {
      const row = await this.#row(id);
      if (!row) return;
      await this.connection.write(['models'], 'strict', (tx) => tx.delete('models', id));
      await removeStored(row, await this.#owners());
    });
  }

  async check(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<readonly string[]> {
    const row = await this.#row(id);
    if (!row) throw new AppError({ kind: 'model-file-missing', url: id, status: null, from: 'store' });
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
    return this.#listeners.add(listener);
  }

  /** What was begun and not finished, by any tab. */
  async unfinished(): Promise<readonly UnfinishedModel[]> {
    await this.clean();
    const taken = new Set((await this.#rows()).map((row) => row.folder));
    const begun = (await stagings()).filter((folder) => !taken.has(folder));
    return Promise.all(
      begun.map(async (folder) => ({
        key: modelOf(folder),
        source: await this.#sourceOf(folder),
        bytes: await folderBytes(folder),
      })),
    );
  }

  /** Whether this page puts it together now. */
  isStaging(key: string): boolean {
    return this.#open.get(key)?.isOpen ?? false;
  }

  /** Gives up what was begun of a model; a stored model stays. */
  async discard(key: string): Promise<void> {
    const held = this.#open.get(key)?.handOver() ?? (await holdStaging(key));
    this.#open.delete(key);
    try {
      await exclusively(() => this.#discard(key));
    } finally {
      held.release();
    }
  }

  /** What lies in web-llm's caches and belongs to no model of ours. */
  async cacheLeftovers(): Promise<readonly CacheLeftover[]> {
    return leftovers(await this.#cachedKeys());
  }

  async removeLeftovers(found: readonly CacheLeftover[]): Promise<void> {
    await exclusively(async () => {
      // One of them may have been stored since they were listed.
      const ours = new Set((await this.#cachedKeys()).map((key) => key.url));
      await removeCached(found.flatMap(({ keys }) => keys).filter((key) => !ours.has(key.url)));
    });
    this.#listeners.notify();
  }

  /**
   * Removes what no row and no staging names, and finishes what was half published: a tab died. Done once by each page.
   * @throws AppError storage-unavailable
   */
  clean(): Promise<void> {
    this.#cleaned ??= exclusively(async () => {
      for (const half of await this.#halfPublished()) {
        // It stays among the unfinished models; resuming it reports why.
        await this.#moveOn(half).catch(() => undefined);
      }
      const taken = new Set((await this.#rows()).map((row) => row.folder));
      const begun = new Set(await stagings());
      for (const folder of begun) if (taken.has(folder)) await this.#unmark(folder);
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
    return this.connection.getAll('models');
  }

  #row(id: string): Promise<StoredModelRow | undefined> {
    return this.connection.get('models', id);
  }

  /** Models whose files are on their way into web-llm's caches. */
  #halfPublished(): Promise<HalfPublished[]> {
    const range = IDBKeyRange.bound(halfKey(''), halfKey('\uffff'));
    return this.connection.getAll('settings', range) as Promise<HalfPublished[]>;
  }

  /** Models that have files in web-llm's caches, or will. */
  async #owners(): Promise<StoredModelRow[]> {
    return [...(await this.#rows()), ...(await this.#halfPublished()).map(({ row }) => row)];
  }

  async #cachedKeys(): Promise<CacheKey[]> {
    return (await this.#owners()).flatMap(cachedKeys);
  }

  #publish(
    folder: string,
    model: Omit<StoredModel, 'files'>,
    files: readonly StoredFile[],
  ): Promise<StoredModel> {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return exclusively(async () => {
      // Other files in the folder are not part of the model.
      await keepOnly(folder, new Set(files.map((file) => file.name)));
      if (!model.webLlm) return this.#exist({ ...model, bytes, files, folder }, folder);
      const half = { row: { ...model, bytes, files, folder: null }, folder };
      await this.connection.write(['settings'], 'strict', (tx) =>
        tx.put('settings', half, halfKey(model.id)),
      );
      return this.#moveOn(half);
    });
  }

  async #discard(key: string): Promise<void> {
    for (const { row, folder } of await this.#halfPublished()) {
      if (modelOf(folder) !== key) continue;
      await this.connection.write(['settings'], 'strict', (tx) => tx.delete('settings', halfKey(row.id)));
      await removeStored(row, await this.#owners());
    }
    const taken = new Set((await this.#rows()).map((row) => row.folder));
    for (const folder of await stagings()) {
      if (modelOf(folder) !== key) continue;
      // First the files: while the mark is there, what is left of them is known.
      if (!taken.has(folder)) await removeFolder(folder);
      await this.#unmark(folder);
    }
  }

  async #sourceOf(folder: string): Promise<string> {
    const source = await this.connection.get('settings', sourceKey(folder));
    return typeof source === 'string' ? source : '';
  }

  async #unmark(folder: string): Promise<void> {
    await unmarkStaging(folder);
    await this.connection.write(['settings'], 'relaxed', (tx) => tx.delete('settings', sourceKey(folder)));
  }

  /** Finishes a half-published model, whose files are all checked. */
  async #moveOn({ row, folder }: HalfPublished): Promise<StoredModel> {
    await moveToCache(folder, row);
    return this.#exist(row, folder);
  }

  /** From the moment the row is there the model exists; what the row named before is removed. */
  async #exist(row: StoredModelRow, staged: string): Promise<StoredModel> {
    const before = await this.#row(row.id);
    await this.connection.write(['models', 'settings'], 'strict', (tx) => {
      tx.put('models', row);
      tx.delete('settings', halfKey(row.id));
    });
    this.#open.delete(modelOf(staged));
    await this.#unmark(staged);
    if (row.folder === null) await removeFolder(staged);
    if (before) await removeStored(before, await this.#owners());
    return modelOfRow(row);
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
}

/** The row without what only the store needs. */
function modelOfRow({ folder: _, ...model }: StoredModelRow): StoredModel {
  return model;
}

async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return fileLocks().request(LOCK, work);
}
