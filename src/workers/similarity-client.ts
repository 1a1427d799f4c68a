/** Page side of the similarity worker. A worker that dies is replaced and filled again from what was added. */
import { type Remote, wrap } from 'comlink';
import { AppError, failureOf } from '../core/errors';
import type { Similarity, SimilarityIndex } from '../core/ports';
import type { TokenMode } from '../core/similarity/tokenize';
import type { Neighbour, TaskId } from '../core/task';
import type { SimilarityWorkerApi } from './similarity.worker';

interface Entry {
  readonly id: TaskId;
  readonly instruction: string;
}
interface Connection {
  readonly worker: Worker;
  readonly remote: Remote<SimilarityWorkerApi>;
  /** Rejects when the worker ends: comlink alone would wait for ever. */
  readonly death: Promise<never>;
  readonly die: (error: unknown) => void;
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
    if (this.#connection) this.#drop(this.#connection, new Error('ended'));
  }

  async #ask<T>(call: (remote: Remote<SimilarityWorkerApi>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const connection = (this.#connection ??= this.#connect());
      try {
        return await Promise.race([call(connection.remote), connection.death]);
      } catch (error) {
        this.#drop(connection, error);
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

  /** Only the worker that failed: another call may have started a fresh one since. */
  #drop(connection: Connection, error: unknown): void {
    if (this.#connection === connection) this.#connection = null;
    connection.worker.terminate();
    connection.die(error);
  }

  #connect(): Connection {
    const worker = new Worker(new URL('./similarity.worker.ts', import.meta.url), {
      type: 'module',
      name: 'similarity',
    });
    let die: Connection['die'] = () => undefined;
    const death = new Promise<never>((_, reject) => (die = reject));
    death.catch(() => undefined);
    worker.addEventListener('error', (event) => die(new Error(event.message || 'no reason given')));
    const remote = wrap<SimilarityWorkerApi>(worker);
    // Messages are handled in order: whatever is asked next finds the pool in the new worker.
    remote.clear(this.#mode).catch(die);
    if (this.#entries.length > 0) remote.add(this.#entries).catch(die);
    return { worker, remote, death, die };
  }
}
