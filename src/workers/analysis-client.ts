/** Page side of the analysis worker. It starts with the first question; when it dies, `begin` starts a fresh one. */
import type { Remote } from 'comlink';
import type { Analyst } from '../core/analysis/analyst';
import type { JudgedCandidate } from '../core/analysis/kept-per-request';
import type { AnalysedTask, Figures, PairQuery, PairTasks } from '../core/analysis/run-analysis';
import { AppError } from '../core/errors';
import type { TokenMode } from '../core/similarity/tokenize';
import type { TaskId } from '../core/task';
import type { AnalysisWorkerApi } from './analysis.worker';
import { WorkerHandle } from './worker-call';

type AnalysisRemote = Remote<AnalysisWorkerApi>;

export class AnalysisClient implements Analyst {
  readonly #worker = new WorkerHandle<AnalysisRemote>(
    'analysis',
    () => new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module', name: 'analysis' }),
  );

  begin(tokens: TokenMode): Promise<void> {
    return this.#worker.call((remote) => remote.begin(tokens));
  }
  put(tasks: readonly AnalysedTask[]): Promise<void> {
    return this.#ask((remote) => remote.put(tasks));
  }
  remove(ids: readonly TaskId[]): Promise<void> {
    return this.#ask((remote) => remote.remove(ids));
  }
  verdicts(verdicts: readonly JudgedCandidate[]): Promise<void> {
    return this.#ask((remote) => remote.verdicts(verdicts));
  }
  figures(): Promise<Figures> {
    return this.#ask((remote) => remote.figures());
  }
  tasksOf(query: PairQuery, limit: number): Promise<PairTasks> {
    return this.#ask((remote) => remote.tasksOf(query, limit));
  }

  /** Ends the worker; questions that wait fail. */
  terminate(): void {
    this.#worker.terminate();
  }

  /** What a dead worker knew is gone, and only the caller can give it again: a new worker would answer for no tasks. */
  async #ask<T>(question: (remote: AnalysisRemote) => Promise<T>): Promise<T> {
    if (this.#worker.running) return this.#worker.call(question);
    throw new AppError({ kind: 'worker-crashed', worker: 'analysis', detail: 'it is not running' });
  }
}
