/** How much two sets of instructions have in common: the highest ROUGE-L of each to the other set, as in the paper. */
import type { TaskId } from '../task';
import { type Histogram, scoreHistogram } from './histogram';

/** An instruction and its nearest neighbour in the other set. */
export interface OverlapPair {
  readonly id: TaskId;
  readonly text: string;
  readonly other: TaskId;
  readonly otherText: string;
  readonly rougeL: number;
}
/** What two sets of instructions have in common (paper, section 3.2: overlap with the seeds). */
export interface Overlap {
  readonly compared: number;
  /** Instructions with a score from the limit upwards, and those that are identical to one of the other set. */
  readonly close: number;
  readonly equal: number;
  readonly histogram: Histogram;
  /** The closest pairs, best first. */
  readonly pairs: readonly OverlapPair[];
}

/** From this ROUGE-L upwards two instructions count as the same task: the paper's threshold. */
export const CLOSE_SCORE = 0.7;
const MOST_PAIRS = 200;

/** Adds scores one by one; the overlap can be read at any time. */
export class OverlapSum {
  readonly #scores: number[] = [];
  #pairs: OverlapPair[] = [];
  #close = 0;
  #equal = 0;

  /** @param limit pairs with at least this score are listed */
  constructor(private readonly limit: number) {}

  add(pair: OverlapPair | null): void {
    this.#scores.push(pair?.rougeL ?? 0);
    if (!pair || pair.rougeL < this.limit) return;
    this.#close++;
    if (pair.text.trim() === pair.otherText.trim()) this.#equal++;
    this.#pairs.push(pair);
    if (this.#pairs.length >= 4 * MOST_PAIRS) this.#pairs = best(this.#pairs);
  }
  get value(): Overlap {
    return {
      compared: this.#scores.length,
      close: this.#close,
      equal: this.#equal,
      histogram: scoreHistogram(this.#scores),
      pairs: best(this.#pairs),
    };
  }
}

const best = (pairs: readonly OverlapPair[]): OverlapPair[] =>
  [...pairs].sort((a, b) => b.rougeL - a.rougeL).slice(0, MOST_PAIRS);
