/** Writes a zip archive piece by piece; what is packed is handed to Blobs, so that memory does not grow with it. */
import type { StopSignal } from '../core/signal';
import { Pacer } from './pacer';
import { zipLibrary } from './zip-library';

export interface ZipInput {
  readonly path: string;
  readonly content: Blob;
  /** Already small: packing it again would be work for nothing. */
  readonly packed?: boolean;
}

/** The format knows no time before; a clock that was never set tells one. */
const FIRST_TIME = Date.UTC(1980, 1, 1);
/** Pieces are joined from time to time: a list of many thousand is slow. */
const PART = 4 * 1024 * 1024;

/**
 * One archive of any size; above 4 GB it is a zip64.
 * @param mtime milliseconds since 1970, for all files
 * @param onProgress bytes of the files that are packed so far
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
  const parts: Blob[] = [];
  let open: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: async (bytes) => {
      signal.throwIfAborted();
      open.push(bytes);
      size += bytes.length;
      if (size >= PART) {
        parts.push(new Blob(open));
        open = [];
        size = 0;
      }
      await pacer.breathe();
    },
  });
  const zip = new ZipWriter(sink, { lastModDate: new Date(Math.max(mtime, FIRST_TIME)) });
  let done = 0;
  for (const { path, content, packed = false } of files) {
    signal.throwIfAborted();
    await zip.add(path, new BlobReader(content), {
      ...(packed ? { level: 0 } : {}),
      onprogress: (bytes) => onProgress(done + bytes),
    });
    done += content.size;
  }
  await zip.close();
  return new Blob([...parts, ...open], { type: 'application/zip' });
}
