/** Page side of the similarity worker. A worker that dies is replaced and filled again from what was added. */
import { type Remote, wrap } from 'comlink';
import { AppError, failureOf } from '../core/errors';
import type { Similarity, SimilarityIndex } from '../core/ports';
import type { TokenMode } from '../core/similarity/tokenize';
import type { TaskId } from '../core/task';
import type { SimilarityWorkerApi } from './similarity.worker';

interface Entry {
  readonly id: TaskId;
  readonly instruction: string;
}
interface Connection {
  readonly worker: Worker;
  readonly remote: Remote<SimilarityWorkerApi>;
  /** Rejects when the worker fails: comlink alone would wait for ever. */
  readonly death: Promise<never>;
}
const ATTEMPTS = 3;

export class SimilarityClient implements SimilarityIndex {
  #connection: Connection | null = null;
  #mode: TokenMode = 'ascii';
  #entries: Entry[] = [];

  async clear(mode: TokenMode): Promise<void> {
    this.#mode = mode;
    this.#entries = [];
    await this.#ask((remote) => remote.clear(mode));
  }

  async add(entries: readonly Entry[]): Promise<void> {
    const added = entries.map(({ id, instruction }) => ({ id, instruction }));
    await this.#ask((remote) => remote.add(added));
    this.#entries.push(...added);
  }

  compare(instruction: string, topK: number): Promise<Similarity> {
    return this.#ask((remote) => remote.compare(instruction, topK));
  }

  /** Ends the worker; the next call starts a new one. */
  terminate(): void {
    this.#connection?.worker.terminate();
    this.#connection = null;
  }

  async #ask<T>(call: (remote: Remote<SimilarityWorkerApi>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { remote, death } = await this.#connect();
        return await Promise.race([call(remote), death]);
      } catch (error) {
        this.terminate();
        if (attempt < ATTEMPTS) continue;
        const failure = failureOf(error, (detail) => ({
          kind: 'worker-crashed',
          worker: 'similarity',
          detail,
        }));
        throw new AppError(failure, { cause: error });
      }
    }
  }

  async #connect(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const worker = new Worker(new URL('./similarity.worker.ts', import.meta.url), {
      type: 'module',
      name: 'similarity',
    });
    const death = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => reject(new Error(event.message || 'no reason given')));
    });
    death.catch(() => undefined);
    const connection = { worker, remote: wrap<SimilarityWorkerApi>(worker), death };
    this.#connection = connection;
    const refill = connection.remote
      .clear(this.#mode)
      .then(() => (this.#entries.length > 0 ? connection.remote.add(this.#entries) : undefined));
    await Promise.race([refill, death]);
    return connection;
  }
}
