/**
 * One engine's worker from birth to death, seen from the page. From model to engine a request passes: `LlamaModel` or
 * `WebLlmModel` (what is asked, and the proof that answers are right), `EngineRestarts` (the queue, and a new engine when
 * one is lost), `EngineConnection` (this file: one engine, with the patience for each kind of call), then in the worker
 * `engine-worker.ts` and the engine itself.
 */
import type { Failure } from '../core/errors';
import type {
  Choice,
  Completion,
  CompletionRequest,
  Likelihood,
  ModelPrompt,
  Progress,
  PromptProgress,
} from '../core/ports';
import { SILENCE_TICKS, TICK_MS } from '../io/watchdog';
import { type CurrentCall, WorkerHandle } from '../workers/worker-call';
import { EnginePace } from './engine-pace';
import type { EngineApi } from './engine-worker';

/** How long silence is borne at least, in ticks of the `Watchdog`: an engine that shows longer steps is given more. */
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
  readonly #pace: EnginePace;
  /** The calls in flight. The engine works on all of them in turn: what it does for one is a sign of life for all. */
  readonly #waiting = new Set<CurrentCall['alive']>();
  #nextId = 1;
  /** Ticks of silence that are borne now. */
  #borne = 0;

  /** @param name of the worker, for failures */
  constructor(worker: Worker, name: string, patience = PATIENCE) {
    this.#patience = patience;
    this.#pace = new EnginePace(patience.tickMs);
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
    return this.#working(load, (working) =>
      this.#worker.call(
        (remote, { alive, listener }) => {
          working(alive);
          const progress = listener((progress: Progress) => {
            this.#step(load);
            onProgress(progress);
          });
          return remote.load(what, progress);
        },
        { ticks: load },
      ),
    );
  }

  /** @throws AppError engine-failed, engine-timeout, prompt-too-long, worker-crashed; AbortError */
  complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<Completion> {
    return this.#request(signal, (remote, id, { listener }) => {
      const text = listener((delta: string) => {
        this.#step(this.#patience.next);
        if (delta !== '') onText(delta);
      });
      return remote.complete(id, request, text, this.#reading(listener, onReading));
    });
  }

  /** @throws as `complete` */
  choose(request: ModelPrompt, options: readonly string[], signal: AbortSignal): Promise<Choice> {
    return this.#request(signal, (remote, id, { listener }) =>
      remote.choose(id, request, options, this.#reading(listener)),
    );
  }

  /** @throws as `complete` */
  likelihood(request: ModelPrompt, output: string, signal: AbortSignal): Promise<Likelihood> {
    return this.#request(signal, (remote, id, { listener }) =>
      remote.likelihood(id, request, output, this.#reading(listener)),
    );
  }

  /** Ends the worker; calls in flight are rejected with `failure`. */
  terminate(failure?: Failure): void {
    this.#worker.terminate(failure);
  }

  /** Each piece of a prompt is a sign of life. */
  #reading(
    listener: CurrentCall['listener'],
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): (progress: PromptProgress) => void {
    return listener((progress: PromptProgress) => {
      this.#step(this.#patience.first);
      onReading(progress);
    });
  }

  #request<T>(
    signal: AbortSignal,
    work: (remote: EngineApi<Load, Info>, id: number, current: CurrentCall) => Promise<T>,
  ): Promise<T> {
    const id = this.#nextId++;
    const stop = { ask: (remote: EngineApi<Load, Info>) => remote.abort(id) };
    const ticks = this.#pace.ticks(this.#patience.first);
    return this.#working(ticks, (working) =>
      this.#worker.call(
        (remote, current) => {
          working(current.alive);
          return work(remote, id, current);
        },
        { signal, stop, ticks },
      ),
    );
  }

  /** Counts a call among those that the engine works on until it has ended. */
  async #working<T>(
    ticks: number,
    call: (working: (alive: CurrentCall['alive']) => void) => Promise<T>,
  ): Promise<T> {
    let mine: CurrentCall['alive'] = () => undefined;
    this.#borne = ticks;
    this.#pace.begin();
    try {
      return await call((alive) => {
        mine = alive;
        this.#waiting.add(alive);
      });
    } finally {
      this.#waiting.delete(mine);
      if (this.#waiting.size === 0) this.#pace.end();
    }
  }

  /** A sign of life. @param least ticks of silence that are borne after it */
  #step(least: number): void {
    this.#pace.step(this.#borne);
    this.#borne = this.#pace.ticks(least);
    for (const alive of this.#waiting) alive(this.#borne);
  }
}
