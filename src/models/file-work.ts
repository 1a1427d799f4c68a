/** Work on whole files that takes long: it is done off the page, and this is what the page asks for. */
import type { FilePlace } from './model-folders';
import type { WriteRange, WrittenFile } from './file-writer';

/** Writing and hashing, as the worker does it. */
export interface FileWork {
  /**
   * Writes a file on from `from`, at most to `limit` bytes, and hashes all of it. What came stays when it fails.
   * @param onProgress bytes of the file that are known to be here
   * @throws AppError bad-file, storage-full, storage-unavailable, worker-crashed; AbortError; what the stream throws
   */
  write(
    place: FilePlace,
    content: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
    range: WriteRange,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<WrittenFile>;
  /** The SHA-256 of a file, hex. @throws AppError bad-file, worker-crashed; AbortError */
  hash(file: Blob, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<string>;
}
