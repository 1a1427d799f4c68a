/** Page side of the similarity worker. A worker that dies or is silent is replaced and filled again from what was added. */
import type { Remote } from 'comlink';
import { AppError } from '../core/errors';
import type { JoinRule, Judged, SimilarityIndex } from '../core/ports';
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
/** A silent worker took its time already. */
const SILENT_ATTEMPTS = 2;

const spawn = (): Worker =>
  new Worker(new URL('./similarity.worker.ts', import.meta.url), { type: 'module', name: 'similarity' });

/** What tests change. */
interface TestHooks {
  readonly spawn?: () => Worker;
  readonly tickMs?: number;
}

export class SimilarityClient implements SimilarityIndex {
  readonly #worker: WorkerHandle<SimilarityRemote>;
  #mode: TokenMode = 'ascii';
  /** What the worker holds. Each `clear` begins another list: what is answered later belongs to the one before. */
  #entries: Entry[] = [];

  constructor(hooks: TestHooks = {}) {
    this.#worker = new WorkerHandle('similarity', hooks.spawn ?? spawn, {
      ...(hooks.tickMs === undefined ? {} : { tickMs: hooks.tickMs }),
      prepare: (remote) => Promise.all([remote.clear(this.#mode), remote.add(this.#entries)]),
    });
  }

  async clear(mode: TokenMode): Promise<void> {
    this.#mode = mode;
    this.#entries = [];
    await this.#ask((remote) => remote.clear(mode));
  }

  async add(entries: readonly Entry[]): Promise<void> {
    const held = this.#entries;
    const added = entries.map(({ id, instruction }) => ({ id, instruction }));
    await this.#ask((remote) => remote.add(added));
    held.push(...added);
  }

  async remove(id: TaskId): Promise<void> {
    const held = this.#entries;
    await this.#ask((remote) => remote.remove(id));
    const at = placeOf(held, id);
    if (at >= 0) held.splice(at, 1);
  }

  async replace(id: TaskId, instruction: string): Promise<void> {
    const held = this.#entries;
    await this.#ask((remote) => remote.replace(id, instruction));
    const at = placeOf(held, id);
    if (at >= 0) held[at] = { id, instruction };
  }

  async judge(candidates: readonly Entry[], topK: number, rule: JoinRule): Promise<readonly Judged[]> {
    const held = this.#entries;
    const judged = await this.#ask((remote) => remote.judge(candidates, topK, rule));
    held.push(...candidates.filter((_, i) => judged[i]?.joined));
    return judged;
  }

  nearest(texts: readonly string[]): Promise<readonly (Neighbour | null)[]> {
    return this.#ask((remote) => remote.nearest(texts));
  }

  neighbours(texts: readonly string[], floor: number): Promise<readonly (readonly Neighbour[])[]> {
    return this.#ask((remote) => remote.neighbours(texts, floor));
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
        if (attempt >= attemptsAfter(error)) throw error;
      }
    }
  }
}

const placeOf = (entries: readonly Entry[], id: TaskId): number =>
  entries.findIndex((entry) => entry.id === id);

/** A worker that died, was silent, or whose code failed is ended, and the next call starts a new one. */
function attemptsAfter(error: unknown): number {
  const kind = error instanceof AppError ? error.failure.kind : null;
  if (kind === 'worker-silent') return SILENT_ATTEMPTS;
  return kind === 'worker-crashed' || kind === 'unexpected' ? ATTEMPTS : 1;
}
