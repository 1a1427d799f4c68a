/** The realm of the analysis: tags, compares and counts the tasks of one run, off the page. */
import type { Analyst } from '../core/analysis/analyst';
import type { JudgedCandidate } from '../core/analysis/kept-per-request';
import {
  type AnalysedTask,
  type Figures,
  type PairQuery,
  type PairTasks,
  RunAnalysis,
} from '../core/analysis/run-analysis';
import type { TokenMode } from '../core/similarity/tokenize';
import type { TaskId } from '../core/task';
import { createIndex } from '../engines/similarity/create-index';
import { tag } from './tagger';
import { serve } from './worker-errors';

/** Long enough to get on, short enough that a question is answered at once. */
const SLICE_MS = 12;

let analysis = new RunAnalysis(tag, createIndex('ascii'));
let working = false;

/** Tags and compares in slices; the page's messages come in between. A message is not slowed down, as timers are. */
const turn = new MessageChannel();
turn.port1.onmessage = () => {
  const until = performance.now() + SLICE_MS;
  working = analysis.work(() => performance.now() < until);
  if (working) turn.port2.postMessage(null);
};
function wake(): void {
  if (working) return;
  working = true;
  turn.port2.postMessage(null);
}

const api = {
  begin(tokens: TokenMode): void {
    analysis = new RunAnalysis(tag, createIndex(tokens));
  },
  put(tasks: readonly AnalysedTask[]): void {
    analysis.put(tasks);
    wake();
  },
  remove(ids: readonly TaskId[]): void {
    analysis.remove(ids);
    wake();
  },
  verdicts(verdicts: readonly JudgedCandidate[]): void {
    analysis.verdicts(verdicts);
  },
  figures(): Figures {
    return analysis.figures();
  },
  tasksOf(query: PairQuery, limit: number): PairTasks {
    return analysis.tasksOf(query, limit);
  },
} satisfies Record<keyof Analyst, unknown>;
export type AnalysisWorkerApi = typeof api;
serve(api);
