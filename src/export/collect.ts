/** Collects pieces of text into one file without blocking the page. */
import type { StopSignal } from '../core/signal';

/** Characters after which the page gets its turn. */
const BREATH = 200_000;

export async function collect(
  pieces: AsyncIterable<string>,
  type: string,
  signal: StopSignal,
  onProgress: (characters: number) => void = () => undefined,
): Promise<Blob> {
  const parts: Blob[] = [];
  let open: string[] = [];
  let size = 0;
  let total = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    open.push(piece);
    size += piece.length;
    total += piece.length;
    if (size < BREATH) continue;
    // A Blob may live on disk; the strings are let go.
    parts.push(new Blob(open));
    open = [];
    size = 0;
    onProgress(total);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return new Blob([...parts, ...open], { type });
}
