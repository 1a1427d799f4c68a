/** Page side of the analysis worker. It starts with the first question; when it dies, `begin` starts a fresh one. */
import { type Remote, wrap } from 'comlink';
import type { Analyst } from '../core/analysis/analyst';
import type { JudgedCandidate } from '../core/analysis/kept-per-request';
import type { AnalysedTask, Figures, PairQuery, PairTasks } from '../core/analysis/run-analysis';
import { AppError, failureOf } from '../core/errors';
import type { TokenMode } from '../core/similarity/tokenize';
import type { TaskId } from '../core/task';
import type { AnalysisWorkerApi } from './analysis.worker';

interface Connection {
  readonly worker: Worker;
  readonly remote: Remote<AnalysisWorkerApi>;
  /** Rejects when the worker ends: comlink alone would wait for ever. */
  readonly death: Promise<never>;
  readonly die: (error: unknown) => void;
}

export class AnalysisClient implements Analyst {
  #connection: Connection | null = null;

  begin(tokens: TokenMode): Promise<void> {
    this.#connection ??= connect();
    return this.#ask((remote) => remote.begin(tokens));
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
    if (this.#connection) this.#drop(this.#connection, new Error('ended'));
  }

  /** What a dead worker knew is gone: only the caller can tell it again, so nothing is tried twice here. */
  async #ask<T>(call: (remote: Remote<AnalysisWorkerApi>) => Promise<T>): Promise<T> {
    const connection = this.#connection;
    try {
      if (!connection) throw new Error('it is not running');
      return await Promise.race([call(connection.remote), connection.death]);
    } catch (error) {
      if (connection) this.#drop(connection, error);
      const failure = failureOf(error, (detail) => ({ kind: 'worker-crashed', worker: 'analysis', detail }));
      throw new AppError(failure, { cause: error });
    }
  }
  #drop(connection: Connection, error: unknown): void {
    if (this.#connection === connection) this.#connection = null;
    connection.worker.terminate();
    connection.die(error);
  }
}

function connect(): Connection {
  const worker = new Worker(new URL('./analysis.worker.ts', import.meta.url), {
    type: 'module',
    name: 'analysis',
  });
  let die: Connection['die'] = () => undefined;
  const death = new Promise<never>((_, reject) => (die = reject));
  death.catch(() => undefined);
  worker.addEventListener('error', (event) => die(new Error(event.message || 'no reason given')));
  return { worker, remote: wrap<AnalysisWorkerApi>(worker), death, die };
}
