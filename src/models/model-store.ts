/** The store of models on this device: staged, checked, and visible only when complete. */
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

/** An unfinished model. Staged files survive a reload, so that a download can resume. */
export interface ModelStaging {
  /** Bytes of this file that are already here. */
  size(name: string): Promise<number>;
  /**
   * Writes one file, or resumes it with `from`.
   * @throws AppError bad-file when size or checksum differ from what was promised (the file is then removed);
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
   * Starts or resumes an unfinished model. A stored model stays until one with its id is published.
   * @param key identifies it over reloads; often the id that the model will have
   * @param source where it comes from, for the user and to resume
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
  /** Called after each change by this page. Returns a function that removes the listener. */
  watch(listener: () => void): () => void;
}
