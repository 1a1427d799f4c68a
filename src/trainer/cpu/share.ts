/** A batch in shares: so many sequences as one thread works on at once, each in whole panels of eight tokens. */
import type { BatchTensors } from '../../core/training/batches';
import type { Span } from './attention';

/** One example: its tokens, and the tokens that are right after some of them. */
export interface Sequence {
  readonly tokens: Int32Array<ArrayBuffer>;
  /** Ascending indices into `tokens` whose prediction counts. */
  readonly positions: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
}
/** Sequences that are computed together. */
export type BatchShare = readonly Sequence[];

const panelsOf = ({ tokens }: Sequence): number => Math.ceil(tokens.length / 8);

/** The rows of a batch without their padding; rows without a prediction that counts are left out. */
export function sequencesOf({ rows, length, tokens, positions, targets }: BatchTensors): Sequence[] {
  const sequences: Sequence[] = [];
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * length;
    let to = from;
    while (to < positions.length && (positions[to] as number) < start + length) to++;
    if (to > from) {
      const own = positions.slice(from, to).map((position) => position - start);
      const last = own.at(-1) ?? 0;
      sequences.push({
        tokens: tokens.slice(start, start + last + 1),
        positions: own,
        targets: targets.slice(from, to),
      });
    }
    from = to;
  }
  return sequences;
}

/** The same sequences in order, in shares of at most so many panels. */
export function sharesOf(sequences: readonly Sequence[], panels: number): BatchShare[] {
  const shares: Sequence[][] = [];
  let room = 0;
  for (const sequence of sequences) {
    const own = panelsOf(sequence);
    if (own > room) {
      shares.push([]);
      room = panels;
    }
    shares.at(-1)?.push(sequence);
    room -= own;
  }
  return shares;
}

/** Where the sequences of a share lie. */
export function spansOf(share: BatchShare): readonly Span[] {
  let first = 0;
  return share.map((sequence) => {
    const panels = panelsOf(sequence);
    const span = { first, panels };
    first += panels;
    return span;
  });
}
