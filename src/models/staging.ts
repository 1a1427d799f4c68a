/** A model while its files are written and checked; one row then makes it a model. */
import { AppError } from '../core/errors';
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { FileWork } from './file-work';
import { failed, fileLocks, openFile, pathParts, removeFile } from './model-folders';
import type { ModelStaging, PromisedFile } from './model-store';
import { WORDS } from './words';

/** The right of one tab to put one model together; it ends with the tab. */
export interface Held {
  release(): void;
}
/** What the store does for a staging. */
interface Library {
  readonly folder: string;
  publish(model: Omit<StoredModel, 'files'>, files: readonly StoredFile[]): Promise<StoredModel>;
  discard(): Promise<void>;
}

/** A staging in a folder of the private file system, held by a lock. */
export class Staging implements ModelStaging {
  /** Files that were checked to their end by this staging; only they are published. */
  readonly #files = new Map<string, StoredFile>();
  #over = false;

  constructor(
    private readonly library: Library,
    private readonly work: FileWork,
    private readonly held: Held,
  ) {}

  get isOpen(): boolean {
    return !this.#over;
  }

  async size(name: string): Promise<number> {
    return (await openFile({ folder: this.library.folder, name }))?.size ?? 0;
  }

  async write(
    name: string,
    content: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
    promised: PromisedFile,
    signal: AbortSignal,
    onProgress: (bytes: number) => void = () => undefined,
  ): Promise<StoredFile> {
    this.#mustBeOpen();
    pathParts(name);
    this.#files.delete(name);
    const place = { folder: this.library.folder, name };
    const range = {
      from: promised.from ?? 0,
      limit: promised.bytes ?? Number.MAX_SAFE_INTEGER,
      md5: promised.md5 !== undefined,
    };
    try {
      const { bytes, sha256, md5 } = await this.work.write(place, content, range, signal, onProgress);
      if (promised.bytes !== undefined && bytes !== promised.bytes) {
        throw bad(name, WORDS.size(bytes, promised.bytes));
      }
      if (differs(promised.sha256, sha256) || differs(promised.md5, md5)) {
        throw bad(name, WORDS.files.checksum);
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

  async open(name: string): Promise<File> {
    const file = this.#files.has(name) ? await openFile({ folder: this.library.folder, name }) : null;
    if (!file) throw new AppError({ kind: 'model-file-missing', url: name, status: null, from: 'store' });
    return file;
  }

  async publish(model: Omit<StoredModel, 'files'>): Promise<StoredModel> {
    this.#mustBeOpen();
    const files = [...this.#files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const stored = await this.library.publish(model, files);
    this.#end();
    return stored;
  }

  async discard(): Promise<void> {
    if (this.#over) return;
    await this.library.discard();
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
    if (this.#over) throw new Error(WORDS.files.ended);
  }
}

/** @throws AppError storage-unavailable when another tab puts this model together */
export function holdStaging(id: string): Promise<Held> {
  return new Promise((resolve, reject) => {
    fileLocks()
      .request(`models-staging-${id}`, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((free) => resolve({ release: free }));
        const detail = WORDS.files.otherTab;
        reject(new AppError({ kind: 'storage-unavailable', detail }));
        return undefined;
      })
      .catch((error: unknown) => reject(failed(error)));
  });
}

const differs = (promised: string | undefined, got: string | null): boolean =>
  promised !== undefined && promised.toLowerCase() !== got;

const bad = (name: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.files.notKept(name, detail) });
