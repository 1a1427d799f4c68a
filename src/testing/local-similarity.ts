/** The similarity index without a worker, by the plain engine. */
import type { Similarity, SimilarityIndex } from '../core/ports';
import { OracleIndex } from '../core/similarity/oracle-index';
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
  compare(instruction: string, topK: number): Promise<Similarity> {
    return Promise.resolve(this.#index.compare(instruction, topK));
  }
  nearest(texts: readonly string[]): Promise<(Neighbour | null)[]> {
    return Promise.resolve(texts.map((text) => this.#index.compare(text, 1).nearest[0] ?? null));
  }
}
