/** The realm of the similarity index: compares each candidate with the whole pool, off the page. */
import type { Similarity } from '../core/ports';
import type { TokenMode } from '../core/similarity/tokenize';
import type { Neighbour, TaskId } from '../core/task';
import { createIndex } from '../engines/similarity/create-index';
import { serve } from './worker-errors';

let index = createIndex('ascii');

const api = {
  clear(mode: TokenMode): void {
    index = createIndex(mode);
  },
  add(entries: readonly { readonly id: TaskId; readonly instruction: string }[]): void {
    for (const { id, instruction } of entries) index.add(id, instruction);
  },
  remove(id: TaskId): void {
    index.remove(id);
  },
  replace(id: TaskId, instruction: string): void {
    index.replace(id, instruction);
  },
  compare(instruction: string, topK: number): Similarity {
    return index.compare(instruction, topK);
  },
  /** The most similar member of each text; null when there is none. */
  nearest(texts: readonly string[]): (Neighbour | null)[] {
    return texts.map((text) => index.compare(text, 1).nearest[0] ?? null);
  },
};
export type SimilarityWorkerApi = typeof api;
serve(api);
