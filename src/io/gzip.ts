/** Text that gzip packed: its own checksum tells whether it is whole. */
import type { StopSignal } from '../core/signal';

const GZIP = [0x1f, 0x8b];

/** Whether a file begins as gzip packs it. */
export async function isGzip(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, GZIP.length).arrayBuffer());
  return GZIP.every((byte, i) => start[i] === byte);
}

export async function gzip(content: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const packed = content.stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/**
 * The text of a packed file; a small file may unpack to any size, so there is a limit.
 * @param most in bytes. @returns why there is none. @throws AbortError when stopped
 */
export async function gunzipText(
  file: Blob,
  most: number,
  signal: StopSignal,
): Promise<{ readonly text: string } | { readonly fault: 'damaged' | 'large' }> {
  const decoder = new TextDecoder();
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return { text: text + decoder.decode() };
      bytes += value.length;
      if (bytes > most) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    await reader.cancel().catch(() => undefined);
    signal.throwIfAborted();
    return { fault: 'damaged' };
  }
  await reader.cancel().catch(() => undefined);
  return { fault: 'large' };
}
