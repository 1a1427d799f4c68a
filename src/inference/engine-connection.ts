/**
 * One engine's worker from birth to death, seen from the page. From model to engine a request passes: `LlamaModel` or
 * `WebLlmModel` (what is asked, and the proof that answers are right), `EngineRestarts` (the queue, and a new engine when
 * one is lost), `EngineConnection` (this file: one engine, with the patience for each kind of call), then in the worker
 * `engine-worker.ts` and the engine itself.
 */
import type { Failure } from '../core/errors';
import type { Choice, Completion, CompletionRequest, Progress } from '../core/ports';
import { SILENCE_TICKS, TICK_MS } from '../io/watchdog';
import { type CurrentCall, WorkerHandle } from '../workers/worker-call';
import type { EngineApi } from './engine-worker';

/** How long silence is borne, in ticks of the `Watchdog`. */
export interface Patience {
  readonly tickMs: number;
  /** In a load, before the first token of an answer, and after it. */
  readonly load: number;
  readonly first: number;
  readonly next: number;
}
export const PATIENCE: Patience = { tickMs: TICK_MS, load: 24, first: SILENCE_TICKS, next: SILENCE_TICKS };

export class EngineConnection<Load, Info> {
  readonly #worker: WorkerHandle<EngineApi<Load, Info>>;
  readonly #patience: Patience;
  #nextId = 1;

  /** @param name of the worker, for failures */
  constructor(worker: Worker, name: string, patience = PATIENCE) {
    this.#patience = patience;
    this.#worker = new WorkerHandle(name, () => worker, {
      tickMs: patience.tickMs,
      once: true,
      silence: (seconds) => ({ kind: 'engine-timeout', seconds }),
    });
    this.#worker.start();
  }

  get dead(): boolean {
    return this.#worker.ended;
  }

  /** @throws AppError as the engine's load, engine-timeout, worker-crashed */
  async open(what: Load, onProgress: (progress: Progress) => void = () => undefined): Promise<Info> {
    const { load } = this.#patience;
    return this.#worker.call(
      (remote, { alive, listener }) => {
        const progress = listener((progress: Progress) => {
          alive(load);
          onProgress(progress);
        });
        return remote.load(what, progress);
      },
      { ticks: load },
    );
  }

  /** @throws AppError engine-failed, engine-timeout, prompt-too-long, worker-crashed; AbortError */
  complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<Completion> {
    return this.#request(signal, (remote, id, { alive, listener }) => {
      const text = listener((delta: string) => {
        alive(this.#patience.next);
        if (delta !== '') onText(delta);
      });
      return remote.complete(id, request, text);
    });
  }

  /** @throws as `complete` */
  choose(
    request: Pick<CompletionRequest, 'prompt' | 'turns'>,
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<Choice> {
    return this.#request(signal, (remote, id) => remote.choose(id, request, options));
  }

  /** Ends the worker; calls in flight are rejected with `failure`. */
  terminate(failure?: Failure): void {
    this.#worker.terminate(failure);
  }

  #request<T>(
    signal: AbortSignal,
    work: (remote: EngineApi<Load, Info>, id: number, current: CurrentCall) => Promise<T>,
  ): Promise<T> {
    const id = this.#nextId++;
    const stop = { ask: (remote: EngineApi<Load, Info>) => remote.abort(id) };
    return this.#worker.call((remote, current) => work(remote, id, current), {
      signal,
      stop,
      ticks: this.#patience.first,
    });
  }
}
