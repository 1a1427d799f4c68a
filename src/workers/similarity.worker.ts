/** The realm of the similarity index: compares each candidate with the whole pool, off the page. */
import type { JoinRule, Judged } from '../core/ports';
import { judge } from '../core/similarity/pool-index';
import type { TokenMode } from '../core/similarity/tokenize';
import type { Neighbour, TaskId } from '../core/task';
import { createIndex } from '../engines/similarity/create-index';
import { serve } from './worker-errors';

interface Entry {
  readonly id: TaskId;
  readonly instruction: string;
}
let index = createIndex('ascii');

const api = {
  clear(mode: TokenMode): void {
    index = createIndex(mode);
  },
  add(entries: readonly Entry[]): void {
    for (const { id, instruction } of entries) index.add(id, instruction);
  },
  remove(id: TaskId): void {
    index.remove(id);
  },
  replace(id: TaskId, instruction: string): void {
    index.replace(id, instruction);
  },
  judge(candidates: readonly Entry[], topK: number, rule: JoinRule): Judged[] {
    return judge(index, candidates, topK, rule);
  },
  /** The most similar member of each text; null when there is none. */
  nearest(texts: readonly string[]): (Neighbour | null)[] {
    return index.compareAll(texts, 1).map(({ nearest }) => nearest[0] ?? null);
  },
  /** Every member with at least this score to each text, which is above 0. */
  neighbours(texts: readonly string[], floor: number): Neighbour[][] {
    return texts.map((text) => index.neighbours(text, floor));
  },
};
export type SimilarityWorkerApi = typeof api;
serve(api);
