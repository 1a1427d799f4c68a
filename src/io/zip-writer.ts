/** Writes a zip archive piece by piece into Blobs, so that memory does not grow with it. */
import type { StopSignal } from '../core/signal';
import { Pacer } from './pacer';
import { zipLibrary } from './zip-library';

export interface ZipInput {
  readonly path: string;
  readonly content: Blob;
  /** Already compressed, so it is stored as it is. */
  readonly packed?: boolean;
}

/** The earliest time of the format; a clock that was never set may be earlier. */
const FIRST_TIME = Date.UTC(1980, 1, 1);
/** Pieces are joined from time to time: a Blob of many thousand is slow. */
const PART = 4 * 1024 * 1024;
/** Length of a file's header in the archive, without its name and the extra fields, whose lengths stand in it. */
const HEADER_LENGTH = 30;
const NAME_LENGTH_AT = 26;
const EXTRA_LENGTH_AT = 28;

/**
 * One archive of any size; above 4 GB it is a zip64.
 * @param mtime milliseconds since 1970, for all files
 * @param onProgress gets the bytes of the files written so far
 * @throws AbortError
 */
export async function writeZip(
  files: readonly ZipInput[],
  mtime: number,
  signal: StopSignal,
  onProgress: (bytes: number) => void,
): Promise<Blob> {
  const { BlobReader, ZipWriter } = await zipLibrary();
  const pacer = new Pacer();
  const archive = new ArchiveParts();
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (bytes) => {
      signal.throwIfAborted();
      archive.add(bytes);
      return pacer.breathe();
    },
  });
  const zip = new ZipWriter(sink, { lastModDate: new Date(Math.max(mtime, FIRST_TIME)) });
  let done = 0;
  for (const { path, content, packed = false } of files) {
    signal.throwIfAborted();
    if (packed) archive.next = content;
    await zip.add(path, new BlobReader(content), {
      ...(packed ? { level: 0 } : {}),
      onprogress: (bytes) => onProgress(done + bytes),
    });
    done += content.size;
  }
  await zip.close();
  return archive.blob();
}

/**
 * What is written, as parts of a Blob. A file that is stored as it is becomes a part itself and is not copied: models
 * are larger than what a browser keeps for a page in Blobs.
 */
class ArchiveParts {
  /** The stored file whose header is written next. */
  next: Blob | null = null;
  readonly #parts: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;
  /** Bytes of a stored file that are still to come, and are in the parts already. */
  #skip = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    const rest = bytes.subarray(Math.min(this.#skip, bytes.length));
    this.#skip -= bytes.length - rest.length;
    this.#open.push(rest);
    this.#size += rest.length;
    if (this.next) this.#store(this.next, bytes);
    else if (this.#size >= PART) this.#close();
  }

  blob(): Blob {
    this.#close();
    return new Blob(this.#parts, { type: 'application/zip' });
  }

  #store(content: Blob, header: Uint8Array<ArrayBuffer>): void {
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    const more = view.getUint16(NAME_LENGTH_AT, true) + view.getUint16(EXTRA_LENGTH_AT, true);
    if (header.length !== HEADER_LENGTH + more) throw new Error('a header was written in pieces');
    this.#close();
    this.#parts.push(content);
    this.#skip = content.size;
    this.next = null;
  }

  #close(): void {
    this.#parts.push(new Blob(this.#open));
    this.#open = [];
    this.#size = 0;
  }
}
