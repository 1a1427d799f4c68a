/** The analysis as screens see it, wherever it runs. */
import type { Switches } from '../run';
import type { TaskId } from '../task';
import type { JudgedCandidate } from './kept-per-request';
import type { AnalysedTask, Figures, PairQuery, PairTasks } from './run-analysis';

/** Counts the figures of one run in the background; `AnalysisClient` puts it in a worker. */
export interface Analyst {
  /** Starts over for another run. */
  begin(tokens: Switches['similarityTokens']): Promise<void>;
  /** Adds tasks or updates changed ones. Seeds come first. */
  put(tasks: readonly AnalysedTask[]): Promise<void>;
  remove(ids: readonly TaskId[]): Promise<void>;
  verdicts(verdicts: readonly JudgedCandidate[]): Promise<void>;
  /** The figures so far; `waiting` tells what is missing. */
  figures(): Promise<Figures>;
  tasksOf(query: PairQuery, limit: number): Promise<PairTasks>;
}
