/** Collects pieces of text or bytes into one file without blocking the page. */
import type { StopSignal } from '../core/signal';
import { Pacer } from './pacer';

/** Characters or bytes after which the pieces are handed to a Blob, which may live on disk. */
const PART = 200_000;

export async function collect(
  pieces: AsyncIterable<string | Uint8Array<ArrayBuffer>>,
  type: string,
  signal: StopSignal,
  onProgress: (characters: number) => void = () => undefined,
): Promise<Blob> {
  const pacer = new Pacer();
  const parts: Blob[] = [];
  let open: (string | Uint8Array<ArrayBuffer>)[] = [];
  let size = 0;
  let total = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    open.push(piece);
    size += piece.length;
    total += piece.length;
    if (size >= PART) {
      parts.push(new Blob(open));
      open = [];
      size = 0;
    }
    onProgress(total);
    await pacer.breathe();
  }
  return new Blob([...parts, ...open], { type });
}
