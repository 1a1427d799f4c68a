/** The realm of the similarity index: compares each candidate with the whole pool, off the page. */
import { expose } from 'comlink';
import type { Similarity } from '../core/ports';
import { FastIndex } from '../core/similarity/fast-index';
import type { TokenMode } from '../core/similarity/tokenize';
import type { TaskId } from '../core/task';

let index = new FastIndex('ascii');

const api = {
  clear(mode: TokenMode): void {
    index = new FastIndex(mode);
  },
  add(entries: readonly { readonly id: TaskId; readonly instruction: string }[]): void {
    for (const { id, instruction } of entries) index.add(id, instruction);
  },
  compare(instruction: string, topK: number): Similarity {
    return index.compare(instruction, topK);
  },
};
export type SimilarityWorkerApi = typeof api;
expose(api);
