/** Where models are kept on this device: staged, checked, and visible only when whole. */
import type { Progress } from '../core/ports';
import type { StoredFile, StoredModel } from '../core/models/stored-model';

/** What is known of a file before it is here. */
export interface PromisedFile {
  readonly bytes?: number;
  /** Hex. */
  readonly sha256?: string;
  /** Hex; says less than SHA-256, but some sources give nothing else. */
  readonly md5?: string;
  /** Bytes that are staged already and stay; the content is the rest. */
  readonly from?: number;
}

/** A model that is being put together. What is staged survives a reload, so that a download can go on. */
export interface ModelStaging {
  /** Bytes of this file that are already here. */
  size(name: string): Promise<number>;
  /**
   * Writes one file, or with `from` goes on with it.
   * @throws AppError bad-file when size or check sum differ from what was promised (the file is then removed);
   * storage-full; AbortError (what came so far stays)
   */
  write(
    name: string,
    content: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
    promised: PromisedFile,
    signal: AbortSignal,
    onProgress?: (bytes: number) => void,
  ): Promise<StoredFile>;
  /** A file that was written to its end. Lies on disk. @throws AppError model-file-missing */
  open(name: string): Promise<File>;
  /** All files are here: from now on the model exists. */
  publish(model: Omit<StoredModel, 'files'>): Promise<StoredModel>;
  discard(): Promise<void>;
}

/** The models on this device. A model is listed once all of its files are here and checked. */
export interface ModelStore {
  list(): Promise<readonly StoredModel[]>;
  get(id: string): Promise<StoredModel | undefined>;
  /** Lives on disk: reading a slice of it takes no more memory than the slice. @throws AppError model-file-missing */
  file(id: string, name: string): Promise<File>;
  /**
   * Begins to put a model together, or goes on where that was left. A stored model stays until one with its id is
   * published.
   * @param key names the work over reloads; often the id that the model will have
   * @param source where it comes from, for people and to go on with
   */
  stage(key: string, source?: string): Promise<ModelStaging>;
  rename(id: string, name: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Hashes all files again. Returns the names of those that are missing or differ. */
  check(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<readonly string[]>;
  /** Told after each change made by this page. Returns the way to stop listening. */
  watch(listener: () => void): () => void;
}
