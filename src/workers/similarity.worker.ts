/** The realm of the similarity index: compares each candidate with the whole pool, off the page. */
import { expose, transfer } from 'comlink';
import type { Similarity } from '../core/ports';
import type { TokenMode } from '../core/similarity/tokenize';
import { buildWhatIf, type WhatIfGraph } from '../core/similarity/what-if';
import type { TaskId } from '../core/task';
import { createIndex } from '../engines/similarity/create-index';

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
  /** In an index of its own: the pool of the run that goes on stays as it is. */
  whatIf(
    mode: TokenMode,
    seeds: readonly string[],
    candidates: readonly string[],
    floor: number,
  ): WhatIfGraph {
    const graph = buildWhatIf(createIndex(mode), seeds, candidates, floor);
    const { toSeeds, ends, neighbours, scores } = graph;
    return transfer(graph, [toSeeds.buffer, ends.buffer, neighbours.buffer, scores.buffer]);
  },
};
export type SimilarityWorkerApi = typeof api;
expose(api);
