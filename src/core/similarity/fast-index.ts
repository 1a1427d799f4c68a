/**
 * The fast exact engine in plain TypeScript. Bit-parallel LCS after Hyyrö with the pool member's positions as bits,
 * term at a time: for each word of the candidate only the members that contain it are updated, so a comparison costs
 * the occurrences of its words in the pool and not the pool's text. Members are grouped in lanes by length.
 */
import { tooSimilar } from '../filters/instruction-filters';
import type { Similarity } from '../ports';
import type { Neighbour, TaskId } from '../task';
import { LongLane, type Lane, MediumLane, ShortLane } from './lanes';
import { compareOneByOne, type Join, NearestList, type PoolIndex, type ThresholdEdge } from './pool-index';
import { fMeasure } from './rouge-l';
import { type TokenMode, tokenize } from './tokenize';

interface Member {
  readonly id: TaskId;
  readonly tokens: Int32Array;
}

/** Exact ROUGE-L against a pool, without WebAssembly. */
export class FastIndex implements PoolIndex {
  readonly #vocabulary = new Map<string, number>();
  /** By number in the order of joining; undefined for removed members. */
  readonly #members: (Member | undefined)[] = [];
  #size = 0;
  /** Shortest first: a member goes into the first lane that can hold it. */
  readonly #lanes: readonly Lane[] = [new ShortLane(), new MediumLane(), new LongLane()];
  constructor(private readonly mode: TokenMode) {}

  get size(): number {
    return this.#size;
  }

  add(id: TaskId, instruction: string): void {
    this.#size++;
    this.#put(this.#members.length, id, instruction);
  }

  remove(id: TaskId): void {
    const number = this.#members.findLastIndex((member) => member?.id === id);
    if (number < 0) return;
    this.#take(number);
    this.#members[number] = undefined;
    this.#size--;
  }

  replace(id: TaskId, instruction: string): void {
    const number = this.#members.findLastIndex((member) => member?.id === id);
    if (number < 0) return;
    this.#take(number);
    this.#put(number, id, instruction);
  }

  compare(instruction: string, topK: number): Similarity {
    const nearest = new NearestList(Math.max(topK, 1));
    const sum = this.#pass(instruction, nearest.floor, (score, number) => {
      if (score >= nearest.floor) nearest.offer(score, number);
      return nearest.floor;
    });
    for (let number = this.#members.length - 1; nearest.members.length < topK && number >= 0; number--) {
      if (this.#members[number] && !nearest.members.includes(number)) nearest.offer(0, number);
    }
    return {
      max: nearest.scores[0] ?? 0,
      mean: this.#size > 0 ? sum / this.#size : 0,
      nearest: nearest.members
        .slice(0, topK)
        .map((number, i) => ({ id: this.#members[number]!.id, rougeL: nearest.scores[i]! })),
    };
  }

  compareAll(instructions: readonly string[], topK: number, join?: Join): Similarity[] {
    return compareOneByOne(this, instructions, topK, join);
  }

  reaches(instruction: string, threshold: number, edge: ThresholdEdge): boolean {
    return tooSimilar(this.compare(instruction, 1).max, threshold, edge);
  }

  neighbours(instruction: string, floor: number): Neighbour[] {
    const found: Neighbour[] = [];
    this.#pass(instruction, floor, (rougeL, number) => {
      if (rougeL >= floor) found.push({ id: this.#members[number]!.id, rougeL });
      return floor;
    });
    return found;
  }

  #put(number: number, id: TaskId, instruction: string): void {
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
    this.#members[number] = { id, tokens };
    // Without words every score is 0: such a member only counts in the mean.
    if (tokens.length > 0) this.#laneFor(tokens).add(number, tokens);
  }

  #take(number: number): void {
    const { tokens } = this.#members[number]!;
    if (tokens.length > 0) this.#laneFor(tokens).remove(number, tokens);
  }

  #laneFor(tokens: Int32Array): Lane {
    return this.#lanes.find((lane) => tokens.length <= lane.maxLength)!;
  }

  /** Offers every member that may reach the floor, which `offer` can raise. Returns the sum of all scores. */
  #pass(instruction: string, floor: number, offer: (score: number, number: number) => number): number {
    const words = tokenize(instruction, this.mode);
    const tokens = Int32Array.from(words, (word) => this.#vocabulary.get(word) ?? -1);
    const length = tokens.length;
    let sum = 0;
    if (length === 0) return sum;
    for (const lane of this.#lanes) {
      // Members of one length share a denominator: their common words are summed as integers.
      const commonByLength = lane.compare(tokens, floor, (number, common, memberLength) =>
        offer(fMeasure(common, length, memberLength), number),
      );
      for (const [memberLength, common] of commonByLength) sum += (2 * common) / (length + memberLength);
    }
    return sum;
  }
}
