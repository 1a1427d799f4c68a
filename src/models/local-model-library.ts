/** All ways in and out over this device's own store. Loaded by the Models screen alone. */
import { AppError } from '../core/errors';
import { GGUF_FILE, type StoredModel } from '../core/models/stored-model';
import type { Progress, SettingStore } from '../core/ports';
import { adapterOfFolder, storeAdapter } from './adapter-folder';
import { CATALOGUE } from './catalogue';
import { isCopy } from './copy-key';
import { Downloader } from './download';
import { downloadNotes } from './download-notes';
import { fetchGguf, storeGguf, type WantedGguf } from './gguf-files';
import { ggufOfFolder } from './gguf-folder';
import type { Mirror } from './mirror';
import { fetchable, ggufOffers, wantedGguf } from './offers';
import { PAGE_NETWORK } from './network';
import { installBeside } from './mlc-beside';
import {
  checkMlcFolder,
  fetchMlcModel,
  type FolderFile,
  mlcFolderFiles,
  planMlcDownload,
  storeMlcFolder,
} from './mlc-models';
import type { FetchableModel, ModelLibrary } from './model-library';
import type { OpfsModelStore, UnfinishedModel } from './opfs-model-store';
import type { CacheLeftover } from './web-llm-cache';
import { filesOfZip } from './zip-folder';
import { WORDS } from './words';

export class LocalModelLibrary implements ModelLibrary {
  readonly #downloader: Downloader;

  constructor(
    private readonly store: OpfsModelStore,
    settings: SettingStore,
    private readonly mirror: Mirror,
    private readonly now: () => number,
  ) {
    this.#downloader = new Downloader(downloadNotes(settings), PAGE_NETWORK, mirror);
  }

  async offered(): Promise<readonly FetchableModel[]> {
    return [...ggufOffers(await this.mirror.list(new AbortController().signal)), ...CATALOGUE.map(fetchable)];
  }

  async fetchOffered(
    id: string,
    signal: AbortSignal,
    tell: (progress: Progress) => void,
  ): Promise<StoredModel> {
    const file = await this.#gguf(id, signal);
    if (file) return fetchGguf(this.store, this.#downloader, file, this.now(), signal, tell);
    const planned = await this.#plan(id, signal);
    return fetchMlcModel(planned, this.#downloader, this.now(), signal, tell);
  }

  async sizeOfOffered(id: string, signal: AbortSignal): Promise<number | null> {
    const file = await this.#gguf(id, signal);
    if (file) return this.#downloader.size([{ ...file, name: GGUF_FILE }], signal);
    return (await this.#plan(id, signal)).plan.bytes;
  }

  async #gguf(id: string, signal: AbortSignal): Promise<WantedGguf | null> {
    return wantedGguf(id, await this.mirror.list(signal));
  }

  #plan(id: string, signal: AbortSignal): ReturnType<typeof planMlcDownload> {
    const entry = CATALOGUE.find((model) => model.id === id);
    if (!entry) throw new AppError({ kind: 'model-not-here', model: id });
    return planMlcDownload(this.store, this.#downloader, entry, signal);
  }

  sizeOf(url: string, signal: AbortSignal): Promise<number | null> {
    return this.#downloader.size([{ url, name: GGUF_FILE }], signal);
  }

  fetchFile(url: string, signal: AbortSignal, tell: (progress: Progress) => void): Promise<StoredModel> {
    return fetchGguf(this.store, this.#downloader, { url }, this.now(), signal, tell);
  }

  async take(
    files: readonly File[],
    signal: AbortSignal,
    tell: (progress: Progress) => void,
  ): Promise<StoredModel> {
    const [first] = files;
    if (!first) throw new AppError({ kind: 'bad-file', detail: WORDS.files.emptyFolder });
    if (files.length === 1 && /\.gguf$/iu.test(first.name)) {
      return storeGguf(this.store, first, this.now(), signal, tell);
    }
    const zipped = files.length === 1 && /\.zip$/iu.test(first.name);
    const found = zipped ? await filesOfZip(first, signal, tell) : files.map(inFolder);
    const name = zipped ? first.name.replace(/\.zip$/iu, '') : folderOf(first);
    const gguf = await ggufOfFolder(found, name);
    if (gguf) return storeGguf(this.store, gguf.file, this.now(), signal, tell, gguf);
    const adapter = await adapterOfFolder(found, name);
    if (adapter) return storeAdapter(this.store, adapter, this.now(), signal, tell);
    const folder = await checkMlcFolder(found, name);
    return storeMlcFolder(this.store, folder, this.now(), signal, tell);
  }

  async installBeside(
    libraryId: string,
    files: ReadonlyMap<string, Blob>,
    name: string,
    signal: AbortSignal,
    tell: (progress: Progress) => void,
  ): Promise<StoredModel> {
    const library = await this.store.get(libraryId);
    if (!library) throw new AppError({ kind: 'model-not-here', model: libraryId });
    return installBeside(this.store, library, files, name, this.now(), signal, tell);
  }

  async files(id: string): Promise<readonly FolderFile[]> {
    const model = await this.store.get(id);
    if (!model) throw new AppError({ kind: 'model-not-here', model: id });
    if (model.engine === 'web-llm') return mlcFolderFiles(this.store, model);
    return Promise.all(
      model.files.map(async ({ name }) => ({ name, file: await this.store.file(id, name) })),
    );
  }

  async unfinished(): Promise<readonly UnfinishedModel[]> {
    const all = await this.store.unfinished();
    // What a killed tab left of a copy is of no use: the files are where they were, and are picked again.
    for (const { key } of all.filter(({ key }) => isCopy(key) && !this.store.isStaging(key))) {
      // Another tab may be copying it.
      await this.store.discard(key).catch(() => undefined);
    }
    return all.filter(({ key }) => !isCopy(key));
  }
  discard(key: string): Promise<void> {
    return this.store.discard(key);
  }
  leftovers(): Promise<readonly CacheLeftover[]> {
    return this.store.cacheLeftovers();
  }
  removeLeftovers(found: readonly CacheLeftover[]): Promise<void> {
    return this.store.removeLeftovers(found);
  }
}

const inFolder = (file: File): FolderFile => ({ name: file.webkitRelativePath || file.name, file });
const folderOf = (file: File): string => file.webkitRelativePath.split('/')[0] || file.name;
