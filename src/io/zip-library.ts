/** zip.js, loaded when an archive is read or written. */

/** Bytes unpacked at once: at most a thousand times as many come out before they are counted. */
const CHUNK = 64 * 1024;

/** zip.js without workers and WebAssembly, which the page's policy forbids: it compresses by the browser's streams. */
export async function zipLibrary(): Promise<typeof import('@zip.js/zip.js')> {
  const zip = await import('@zip.js/zip.js/lib/zip-core-custom.js');
  zip.configure({ useWebWorkers: false, chunkSize: CHUNK });
  return zip;
}
