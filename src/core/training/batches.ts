/**
 * Which examples form a batch, and its layout. Examples of similar length share a batch, because padding costs as much as
 * text; there are few lengths, because the trainer compiles each of them separately.
 */
import { Random, deriveSeed } from '../random';
import type { EncodedExample } from './encoding';

/** Lengths are multiples of it: the tiles of the matrix kernels. */
const GRAIN = 16;
/** Most different lengths: each costs about a second of compiling. */
const MAX_LENGTHS = 4;

/** The examples of one step. */
export interface Batch {
  /** Indices of the examples; fewer than the batch size only in the last batch of an epoch that is not filled. */
  readonly examples: readonly number[];
  /** Every row is padded to so many tokens. */
  readonly length: number;
}

/** A batch as numbers. Position i of a row predicts token i + 1 of its example. */
export interface BatchTensors {
  readonly rows: number;
  readonly length: number;
  /** [rows * length], padded with 0. */
  readonly tokens: Int32Array<ArrayBuffer>;
  /** Positions (row * length + i) whose prediction counts, ascending. */
  readonly positions: Int32Array<ArrayBuffer>;
  /** The token that is right at each of `positions`. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** Without padding. */
  readonly tokenCount: number;
}

/**
 * The lengths with the least padding: at most `MAX_LENGTHS` multiples of `GRAIN` such that every example fits into one and
 * the sum of padded lengths is smallest (dynamic programming over the sorted lengths).
 * @param sizes input tokens of each example
 */
export function batchLengths(sizes: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const size of sizes) {
    const rounded = GRAIN * Math.max(1, Math.ceil(size / GRAIN));
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  }
  const lengths = [...counts.keys()].sort((a, b) => a - b);
  // best[n][i]: cost of the first i lengths in n groups, and where the last group begins.
  let best = lengths.map(() => ({ cost: Infinity, chosen: [] as readonly number[] }));
  best.unshift({ cost: 0, chosen: [] });
  for (let groups = 0; groups < Math.min(MAX_LENGTHS, lengths.length); groups++) {
    best = best.map((known, end) => {
      let found = known;
      const top = lengths[end - 1];
      let examples = 0;
      for (let begin = end - 1; begin >= 0 && top !== undefined; begin--) {
        examples += counts.get(lengths[begin] ?? 0) ?? 0;
        const before = best[begin];
        if (!before) continue;
        const cost = before.cost + examples * top;
        if (cost < found.cost) found = { cost, chosen: [...before.chosen, top] };
      }
      return found;
    });
  }
  return best.at(-1)?.chosen ?? [];
}

/** The batches of all epochs; the same seed gives the same batches. */
export class BatchPlan {
  readonly lengths: readonly number[];
  readonly stepsPerEpoch: number;
  readonly #sizes: readonly number[];
  readonly #filled: boolean;
  /** The epoch that was drawn last. */
  #drawn: { readonly epoch: number; readonly batches: readonly Batch[] } | null = null;

  /**
   * @param known lengths that are compiled already; they are used as far as the examples fit
   * @param filled whether the last batch of an epoch is filled up with examples drawn again, so that all steps see as many
   */
  constructor(
    examples: readonly EncodedExample[],
    private readonly batchSize: number,
    private readonly seed: number,
    { known = [], filled = false }: { readonly known?: readonly number[]; readonly filled?: boolean } = {},
  ) {
    this.#filled = filled;
    this.#sizes = examples.map(({ ids }) => ids.length - 1);
    const top = known.at(-1) ?? 0;
    this.lengths = [...known, ...batchLengths(this.#sizes.filter((size) => size > top))];
    this.stepsPerEpoch = Math.ceil(examples.length / batchSize);
  }

  /** The batch of a step, counted from 1 over all epochs; it depends on the step and the seed alone. */
  at(step: number): Batch {
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch);
    if (this.#drawn?.epoch !== epoch) this.#drawn = { epoch, batches: this.epoch(epoch) };
    return this.#drawn.batches[(step - 1) % this.stepsPerEpoch] as Batch;
  }

  /** Every example once, and more only where the last batch is filled up. Examples that do not fill a batch of their length move to the next length. */
  epoch(epoch: number): readonly Batch[] {
    const random = new Random(deriveSeed(this.seed, 'batches', epoch));
    const order = random.shuffle(this.#sizes.map((_, i) => i));
    const batches: Batch[] = [];
    let waiting: number[] = [];
    let shorter = 0;
    for (const length of this.lengths) {
      const from = shorter;
      waiting.push(
        ...order.filter((i) => {
          const size = this.#sizes[i] ?? 0;
          return size <= length && (size > from || from === 0);
        }),
      );
      const whole = waiting.length - (waiting.length % this.batchSize);
      for (let at = 0; at < whole; at += this.batchSize) {
        batches.push({ examples: waiting.slice(at, at + this.batchSize), length });
      }
      waiting = waiting.slice(whole);
      shorter = length;
    }
    while (this.#filled && waiting.length % this.batchSize > 0) {
      waiting.push(random.below(this.#sizes.length));
    }
    if (waiting.length > 0) batches.push({ examples: waiting, length: shorter });
    return random.shuffle(batches);
  }
}

/**
 * @param rows of the batch; those without an example are padding
 * @param examples that the batch's indices count
 */
export function layOut(batch: Batch, rows: number, examples: readonly EncodedExample[]): BatchTensors {
  const { length } = batch;
  const tokens = new Int32Array(rows * length);
  const positions: number[] = [];
  const targets: number[] = [];
  let tokenCount = 0;
  batch.examples.forEach((index, row) => {
    const { ids, completionStart } = examples[index] as EncodedExample;
    tokens.set(ids.slice(0, -1), row * length);
    tokenCount += ids.length - 1;
    for (let i = completionStart; i < ids.length; i++) {
      positions.push(row * length + i - 1);
      targets.push(ids[i] as number);
    }
  });
  return {
    rows,
    length,
    tokens,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
    tokenCount,
  };
}
