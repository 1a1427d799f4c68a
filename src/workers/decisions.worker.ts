/** The realm of one question about the decisions of a run; it ends with the answer. */
import { transfer } from 'comlink';
import { Replay, type ReplayPage, type ReplayQuestion, type ReplayReport } from '../core/decisions/replay';
import { buildWhatIf, type WhatIfGraph, type WhatIfQuestion } from '../core/similarity/what-if';
import { createIndex } from '../engines/similarity/create-index';
import { serve } from './worker-errors';

let replay: Replay | null = null;

const api = {
  whatIf(question: WhatIfQuestion, onProgress: (done: number) => void): WhatIfGraph {
    const graph = buildWhatIf(createIndex(question.mode), question, onProgress);
    const { fixed, fixedBy, ends, neighbours, scores } = graph;
    return transfer(graph, [fixed.buffer, fixedBy.buffer, ends.buffer, neighbours.buffer, scores.buffer]);
  },
  begin(question: ReplayQuestion): void {
    replay = new Replay(question, createIndex);
  },
  add(page: ReplayPage): void {
    replay?.add(page);
  },
  report(onProgress: (done: number, total: number) => void): ReplayReport {
    if (!replay) throw new Error('no question');
    return replay.report(onProgress);
  },
};
export type DecisionsWorkerApi = typeof api;
serve(api);
