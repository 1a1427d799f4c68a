/** The reference engine: dynamic programming against every member. Slow and obviously right. */
import { tooSimilar } from '../filters/instruction-filters';
import type { Similarity } from '../ports';
import type { Neighbour, TaskId } from '../task';
import { compareOneByOne, type Join, NearestList, type PoolIndex, type ThresholdEdge } from './pool-index';
import { rougeL } from './rouge-l';
import { type TokenMode, tokenize } from './tokenize';

/** The reference that the fast indexes are tested against. */
export class OracleIndex implements PoolIndex {
  #members: { readonly id: TaskId; readonly tokens: readonly string[] }[] = [];
  constructor(private readonly mode: TokenMode) {}

  get size(): number {
    return this.#members.length;
  }
  add(id: TaskId, instruction: string): void {
    this.#members.push({ id, tokens: tokenize(instruction, this.mode) });
  }
  remove(id: TaskId): void {
    this.#members = this.#members.filter((member) => member.id !== id);
  }
  replace(id: TaskId, instruction: string): void {
    const tokens = tokenize(instruction, this.mode);
    this.#members = this.#members.map((member) => (member.id === id ? { id, tokens } : member));
  }
  compare(instruction: string, topK: number): Similarity {
    const target = tokenize(instruction, this.mode);
    const nearest = new NearestList(topK);
    let sum = 0;
    let max = 0;
    for (const [member, { tokens }] of this.#members.entries()) {
      const score = rougeL(target, tokens).fmeasure;
      sum += score;
      max = Math.max(max, score);
      nearest.offer(score, member);
    }
    return {
      max,
      mean: this.size > 0 ? sum / this.size : 0,
      nearest: nearest.members.map((member, i) => ({
        id: this.#members[member]!.id,
        rougeL: nearest.scores[i]!,
      })),
    };
  }
  compareAll(instructions: readonly string[], topK: number, join?: Join): Similarity[] {
    return compareOneByOne(this, instructions, topK, join);
  }
  reaches(instruction: string, threshold: number, edge: ThresholdEdge): boolean {
    return tooSimilar(this.compare(instruction, 1).max, threshold, edge);
  }
  neighbours(instruction: string, floor: number): Neighbour[] {
    return this.compare(instruction, this.size).nearest.filter(({ rougeL }) => rougeL >= floor);
  }
}
