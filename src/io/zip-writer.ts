/** Writes a zip archive in slices; what is packed is handed to Blobs, so that memory does not grow with it. */
import type { StopSignal } from '../core/signal';
import { Pacer } from './pacer';

export interface ZipInput {
  readonly path: string;
  readonly content: Blob;
  /** Already small: packing it again would be work for nothing. */
  readonly packed?: boolean;
}

/** Bytes that are packed in one go. */
const CHUNK = 64 * 1024;
/** The format knows no time before; a clock that was never set tells one. */
const FIRST_TIME = Date.UTC(1980, 1, 1);
/** Parts are joined from time to time: a list of many thousand pieces is slow. */
const PART = 4 * 1024 * 1024;

export async function writeZip(
  files: readonly ZipInput[],
  mtime: number,
  signal: StopSignal,
  onProgress: (bytes: number) => void,
): Promise<Blob> {
  const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate');
  const pacer = new Pacer();
  const parts: Blob[] = [];
  let open: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let failure: Error | null = null;
  const zip = new Zip((error, bytes) => {
    failure ??= error;
    open.push(bytes.slice());
    size += bytes.length;
    if (size < PART) return;
    parts.push(new Blob(open));
    open = [];
    size = 0;
  });
  let done = 0;
  for (const { path, content, packed = false } of files) {
    const entry = packed ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
    entry.mtime = Math.max(mtime, FIRST_TIME);
    zip.add(entry);
    for (let at = 0; at < content.size; at += CHUNK) {
      signal.throwIfAborted();
      const chunk = new Uint8Array(await content.slice(at, at + CHUNK).arrayBuffer());
      entry.push(chunk, at + CHUNK >= content.size);
      done += chunk.length;
      onProgress(done);
      await pacer.breathe();
    }
    if (content.size === 0) entry.push(new Uint8Array(0), true);
  }
  zip.end();
  // Set in the callback above, which the compiler does not follow.
  if (failure as Error | null) throw failure as unknown as Error;
  return new Blob([...parts, ...open], { type: 'application/zip' });
}
