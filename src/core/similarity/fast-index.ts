/**
 * The fast exact engine in plain TypeScript. Bit-parallel LCS after Hyyrö with the pool member's positions as bits,
 * term at a time: for each word of the candidate only the members that contain it are updated, so a comparison costs
 * the occurrences of its words in the pool and not the pool's text. Members lie in lanes by length.
 */
import type { Similarity } from '../ports';
import type { TaskId } from '../task';
import { LongLane, type Lane, MediumLane, ShortLane } from './lanes';
import { NearestList, type PoolIndex } from './pool-index';
import { fMeasure } from './rouge-l';
import { type TokenMode, tokenize } from './tokenize';

export class FastIndex implements PoolIndex {
  readonly #vocabulary = new Map<string, number>();
  readonly #ids: TaskId[] = [];
  /** Shortest first: a member goes into the first lane that can hold it. */
  readonly #lanes: readonly Lane[] = [new ShortLane(), new MediumLane(), new LongLane()];
  constructor(private readonly mode: TokenMode) {}

  get size(): number {
    return this.#ids.length;
  }

  add(id: TaskId, instruction: string): void {
    const words = tokenize(instruction, this.mode);
    const tokens = new Int32Array(words.length);
    for (const [i, word] of words.entries()) {
      let token = this.#vocabulary.get(word);
      if (token === undefined) {
        token = this.#vocabulary.size;
        this.#vocabulary.set(word, token);
      }
      tokens[i] = token;
    }
    const member = this.#ids.push(id) - 1;
    // Without words every score is 0: such a member only counts in the mean.
    if (tokens.length > 0) this.#lanes.find((lane) => tokens.length <= lane.maxLength)!.add(member, tokens);
  }

  compare(instruction: string, topK: number): Similarity {
    const words = tokenize(instruction, this.mode);
    const tokens = Int32Array.from(words, (word) => this.#vocabulary.get(word) ?? -1);
    const nearest = new NearestList(Math.max(topK, 1));
    const length = tokens.length;
    let sum = 0;
    if (length > 0) {
      for (const lane of this.#lanes) {
        // Members of one length share a denominator: their common words are summed as integers.
        const commonByLength = lane.compare(tokens, (member, common, memberLength) => {
          const score = fMeasure(common, length, memberLength);
          if (score >= nearest.floor) nearest.offer(score, member);
          return nearest.floor;
        });
        for (const [memberLength, common] of commonByLength) sum += (2 * common) / (length + memberLength);
      }
    }
    nearest.fillWithZeros(this.size);
    return {
      max: nearest.scores[0] ?? 0,
      mean: this.size > 0 ? sum / this.size : 0,
      nearest: nearest.members
        .slice(0, topK)
        .map((member, i) => ({ id: this.#ids[member]!, rougeL: nearest.scores[i]! })),
    };
  }
}
