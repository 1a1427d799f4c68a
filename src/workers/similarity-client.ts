/** Page side of the similarity worker. A worker that dies is replaced and filled again from what was added. */
import type { Remote } from 'comlink';
import { AppError } from '../core/errors';
import type { Similarity, SimilarityIndex } from '../core/ports';
import type { TokenMode } from '../core/similarity/tokenize';
import type { Neighbour, TaskId } from '../core/task';
import type { SimilarityWorkerApi } from './similarity.worker';
import { WorkerHandle } from './worker-call';

interface Entry {
  readonly id: TaskId;
  readonly instruction: string;
}
type SimilarityRemote = Remote<SimilarityWorkerApi>;
const ATTEMPTS = 3;

export class SimilarityClient implements SimilarityIndex {
  readonly #worker = new WorkerHandle<SimilarityRemote>(
    'similarity',
    () =>
      new Worker(new URL('./similarity.worker.ts', import.meta.url), { type: 'module', name: 'similarity' }),
    { prepare: (remote) => Promise.all([remote.clear(this.#mode), remote.add(this.#entries)]) },
  );
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

  async remove(id: TaskId): Promise<void> {
    await this.#ask((remote) => remote.remove(id));
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  async replace(id: TaskId, instruction: string): Promise<void> {
    await this.#ask((remote) => remote.replace(id, instruction));
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { id, instruction } : entry));
  }

  compare(instruction: string, topK: number): Promise<Similarity> {
    return this.#ask((remote) => remote.compare(instruction, topK));
  }

  nearest(texts: readonly string[]): Promise<readonly (Neighbour | null)[]> {
    return this.#ask((remote) => remote.nearest(texts));
  }

  /** Ends the worker; calls that wait and later ones go to a new one. */
  terminate(): void {
    this.#worker.terminate();
  }

  async #ask<T>(call: (remote: SimilarityRemote) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#worker.call(call);
      } catch (error) {
        if (!endedWorker(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

/** A worker that died, or whose code failed: both leave it ended, and the next call starts a new one. */
const endedWorker = (error: unknown): boolean =>
  error instanceof AppError && ['worker-crashed', 'unexpected'].includes(error.failure.kind);
