/** The interface of every similarity engine, and their list of nearest members. */
import { tooSimilar } from '../filters/instruction-filters';
import type { JoinRule, Judged, Similarity } from '../ports';
import type { Switches } from '../run';
import type { Neighbour, TaskId } from '../task';

/** Whether a score of exactly the threshold is rejected. */
export type ThresholdEdge = Switches['similarityEdge'];

/** Called with each text's result, in order; the text joins the pool under the id that it gives. */
export type Join = (similarity: Similarity, text: number) => TaskId | null;

/**
 * A pool that grows, changes and is compared with. Synchronous: it runs in a worker. An engine that compares meanings
 * instead of words would be another implementation.
 */
export interface PoolIndex {
  readonly size: number;
  add(id: TaskId, instruction: string): void;
  /** Unknown ids change nothing. */
  remove(id: TaskId): void;
  /** The member keeps its place in the order of joining. */
  replace(id: TaskId, instruction: string): void;
  /** @param topK at most this many neighbours, best first; equal scores: newest first; zeros fill up. */
  compare(instruction: string, topK: number): Similarity;
  /**
   * The same as `compare` for one text after another, to the bit, where each text may join before the next is compared.
   * Engines that can read the pool once for many texts do.
   */
  compareAll(instructions: readonly string[], topK: number, join?: Join): Similarity[];
  /** Only the decision: whether the highest score is above the threshold, or at least the threshold. */
  reaches(instruction: string, threshold: number, edge: ThresholdEdge): boolean;
  /** Every member with at least this score, which is above 0; in no order. */
  neighbours(instruction: string, floor: number): Neighbour[];
}

/** What `SimilarityIndex.judge` is to give. */
export function judge(
  index: Pick<PoolIndex, 'compareAll'>,
  candidates: readonly { readonly id: TaskId; readonly instruction: string }[],
  topK: number,
  { threshold, edge, most }: JoinRule,
): Judged[] {
  const joined = new Set<number>();
  const instructions = candidates.map(({ instruction }) => instruction);
  const compared = index.compareAll(instructions, topK, ({ max }, candidate) => {
    if (joined.size >= most || tooSimilar(max, threshold, edge)) return null;
    joined.add(candidate);
    return candidates[candidate]!.id;
  });
  return compared.map((similarity, candidate) => ({ ...similarity, joined: joined.has(candidate) }));
}

/** `compareAll` of an engine that compares one text at a time. */
export function compareOneByOne(
  index: Pick<PoolIndex, 'add' | 'compare'>,
  instructions: readonly string[],
  topK: number,
  join: Join = () => null,
): Similarity[] {
  return instructions.map((instruction, text) => {
    const similarity = index.compare(instruction, topK);
    const id = join(similarity, text);
    if (id !== null) index.add(id, instruction);
    return similarity;
  });
}

/** Keeps the `capacity` best (score, member) pairs: higher score first, then the newer member. */
export class NearestList {
  readonly scores: number[] = [];
  readonly members: number[] = [];
  constructor(readonly capacity: number) {}

  /** The score below which nothing enters. */
  get floor(): number {
    return this.scores.length < this.capacity ? -1 : (this.scores[this.capacity - 1] ?? Infinity);
  }
  offer(score: number, member: number): void {
    if (score < this.floor || this.capacity === 0) return;
    let at = this.scores.length;
    while (
      at > 0 &&
      (this.scores[at - 1]! < score || (this.scores[at - 1] === score && this.members[at - 1]! < member))
    ) {
      at--;
    }
    this.scores.splice(at, 0, score);
    this.members.splice(at, 0, member);
    this.scores.length = Math.min(this.scores.length, this.capacity);
    this.members.length = this.scores.length;
  }
}
