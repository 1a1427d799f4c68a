/** What a screen asks of the analysis, wherever it runs. */
import type { Switches } from '../run';
import type { TaskId } from '../task';
import type { JudgedCandidate } from './kept-per-request';
import type { AnalysedTask, Figures, PairQuery, PairTasks } from './run-analysis';

/** Counts the figures of one run in the background; `AnalysisClient` puts it in a worker. */
export interface Analyst {
  /** Forgets everything; what is put from now on belongs to one run. */
  begin(tokens: Switches['similarityTokens']): Promise<void>;
  /** Adds tasks, or takes over what changed in them. Seeds come first. */
  put(tasks: readonly AnalysedTask[]): Promise<void>;
  remove(ids: readonly TaskId[]): Promise<void>;
  verdicts(verdicts: readonly JudgedCandidate[]): Promise<void>;
  /** As far as it is counted; `waiting` says what is missing. */
  figures(): Promise<Figures>;
  tasksOf(query: PairQuery, limit: number): Promise<PairTasks>;
}
