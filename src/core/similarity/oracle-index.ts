/** The plain engine: dynamic programming against every member. Slow and obviously right. */
import type { Similarity } from '../ports';
import type { TaskId } from '../task';
import { NearestList, type PoolIndex } from './pool-index';
import { rougeL } from './rouge-l';
import { type TokenMode, tokenize } from './tokenize';

export class OracleIndex implements PoolIndex {
  readonly #members: { readonly id: TaskId; readonly tokens: readonly string[] }[] = [];
  constructor(private readonly mode: TokenMode) {}

  get size(): number {
    return this.#members.length;
  }
  add(id: TaskId, instruction: string): void {
    this.#members.push({ id, tokens: tokenize(instruction, this.mode) });
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
}
