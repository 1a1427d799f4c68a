/** The similarity index without a worker, by the plain engine. */
import type { JoinRule, Judged, SimilarityIndex } from '../core/ports';
import { OracleIndex } from '../core/similarity/oracle-index';
import { judge } from '../core/similarity/pool-index';
import type { Neighbour, TaskId } from '../core/task';

export class LocalSimilarity implements SimilarityIndex {
  #index = new OracleIndex('ascii');
  readonly members: TaskId[] = [];

  clear(tokens: 'ascii' | 'unicode'): Promise<void> {
    this.#index = new OracleIndex(tokens);
    this.members.length = 0;
    return Promise.resolve();
  }
  add(entries: readonly { readonly id: TaskId; readonly instruction: string }[]): Promise<void> {
    for (const { id, instruction } of entries) {
      this.members.push(id);
      this.#index.add(id, instruction);
    }
    return Promise.resolve();
  }
  remove(id: TaskId): Promise<void> {
    this.#index.remove(id);
    return Promise.resolve();
  }
  replace(id: TaskId, instruction: string): Promise<void> {
    this.#index.replace(id, instruction);
    return Promise.resolve();
  }
  judge(
    candidates: readonly { readonly id: TaskId; readonly instruction: string }[],
    topK: number,
    rule: JoinRule,
  ): Promise<readonly Judged[]> {
    const judged = judge(this.#index, candidates, topK, rule);
    for (const [i, { id }] of candidates.entries()) if (judged[i]?.joined) this.members.push(id);
    return Promise.resolve(judged);
  }
  nearest(texts: readonly string[]): Promise<(Neighbour | null)[]> {
    return Promise.resolve(texts.map((text) => this.#index.compare(text, 1).nearest[0] ?? null));
  }
  neighbours(texts: readonly string[], floor: number): Promise<Neighbour[][]> {
    return Promise.resolve(texts.map((text) => this.#index.neighbours(text, floor)));
  }
}
