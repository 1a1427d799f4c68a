/**
 * Writes one file, from its beginning or resuming, and hashes all of it. Runs in a worker, because the handle blocks. The
 * existing part is read again, because an unfinished hash cannot be stored.
 */
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import type { SyncFile } from '../io/sync-file';
import { WORDS } from './words';

/** What is known of a file once it is whole. */
export interface WrittenFile {
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
  /** MD5, hex, when it was asked for: the manifests of web-llm's models hold nothing better. */
  readonly md5: string | null;
}

/** What a file is to become. */
export interface WriteRange {
  /** Bytes that stay; the rest is cut off. */
  readonly from: number;
  /** Bytes that the file may have. */
  readonly limit: number;
  readonly md5?: boolean;
}

/** Bytes that are read and hashed between two looks at the signal: a few hundredths of a second. */
const SLICE = 4 * 1024 * 1024;

/** One file while it is written. Not for the page: its handle blocks. */
export class FileWriter {
  readonly #hash = sha256.create();
  readonly #md5: ReturnType<typeof md5.create> | null;
  #bytes = 0;

  private constructor(
    private readonly file: SyncFile,
    private readonly limit: number,
    withMd5: boolean,
  ) {
    this.#md5 = withMd5 ? md5.create() : null;
  }

  /**
   * @throws AppError bad-file when fewer than `from` bytes are there; AbortError
   */
  static async open(
    file: SyncFile,
    { from, limit, md5: withMd5 = false }: WriteRange,
    signal: StopSignal,
    onProgress: (bytes: number) => void,
  ): Promise<FileWriter> {
    const writer = new FileWriter(file, limit, withMd5);
    if (file.getSize() < from || from > limit) {
      throw new AppError({
        kind: 'bad-file',
        detail: WORDS.files.partial(file.getSize()),
      });
    }
    file.truncate(from);
    const buffer = new Uint8Array(Math.min(SLICE, from));
    while (writer.#bytes < from) {
      await turn();
      signal.throwIfAborted();
      const slice = buffer.subarray(0, Math.min(SLICE, from - writer.#bytes));
      const read = file.read(slice, { at: writer.#bytes });
      if (read === 0) {
        throw new AppError({ kind: 'bad-file', detail: WORDS.files.unreadable });
      }
      writer.#take(slice.subarray(0, read));
      onProgress(writer.#bytes);
    }
    return writer;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws AppError bad-file when it grows over the limit, storage-full */
  append(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#bytes + chunk.length > this.limit) {
      throw new AppError({ kind: 'bad-file', detail: WORDS.files.tooLong(this.limit) });
    }
    const written = this.file.write(chunk, { at: this.#bytes });
    if (written < chunk.length) {
      throw new AppError({ kind: 'storage-full', detail: WORDS.files.written(written, chunk.length) });
    }
    this.#take(chunk);
  }

  async appendBlob(blob: Blob, signal: StopSignal, onProgress: (bytes: number) => void): Promise<void> {
    for (let at = 0; at < blob.size; at += SLICE) {
      const slice = await fileBytes(blob.slice(at, at + SLICE));
      signal.throwIfAborted();
      this.append(slice);
      onProgress(this.#bytes);
    }
  }

  /** The file is whole: it is brought to disk. */
  finish(): WrittenFile {
    this.file.flush();
    return {
      bytes: this.#bytes,
      sha256: hex(this.#hash.digest()),
      md5: this.#md5 && hex(this.#md5.digest()),
    };
  }

  #take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#md5?.update(bytes);
    this.#bytes += bytes.length;
  }
}

/** The SHA-256 of a file in constant memory, hex. @throws AppError bad-file when it cannot be read; AbortError */
export async function hashOf(
  file: Blob,
  signal: StopSignal,
  onProgress: (bytes: number) => void,
): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += SLICE) {
    const slice = await fileBytes(file.slice(at, at + SLICE));
    signal.throwIfAborted();
    hash.update(slice);
    onProgress(at + slice.length);
  }
  return hex(hash.digest());
}

/** Lets a message in that asks to stop. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
