/**
 * What reaches the lowest layer that learns, kept for each example: the frozen layers below always give the same, so it
 * is exact. Keys are the tokens themselves; the model is that of the training that owns this.
 */
import type { Boundary } from './share-pass';
import type { Sequence } from './share';

/** Bytes that are kept; what is above is computed again each time. */
export const MOST_KEPT_BYTES = 256_000_000;

const keyOf = ({ tokens }: Sequence): string => tokens.join();

export class Boundaries {
  readonly #kept = new Map<string, Boundary[number]>();
  #bytes = 0;

  get(sequence: Sequence): Boundary[number] | undefined {
    return this.#kept.get(keyOf(sequence));
  }

  keep(sequence: Sequence, boundary: Boundary[number]): void {
    if (this.#bytes + boundary.byteLength > MOST_KEPT_BYTES || this.get(sequence)) return;
    this.#bytes += boundary.byteLength;
    this.#kept.set(keyOf(sequence), boundary);
  }
}
