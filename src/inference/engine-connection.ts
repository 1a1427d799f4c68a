/** One engine's worker from birth to death: start, requests with a watchdog, and termination that leaves nobody waiting. */
import { proxy, releaseProxy, type Remote, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { Choice, Completion, CompletionRequest, Progress } from '../core/ports';
import type { EngineApi } from './engine-worker';
import { fromOutcome, type Outcome } from '../workers/outcome';

/** Periods of the watchdog. It counts its own ticks: a frozen tab does not tick, so sleep is no stall. */
export interface Patience {
  readonly tickMs: number;
  /** Ticks without a sign of life that are borne in a load, before the first token of an answer, and after it. */
  readonly load: number;
  readonly first: number;
  readonly next: number;
}
export const PATIENCE: Patience = { tickMs: 5_000, load: 24, first: 12, next: 12 };
/** A request that was stopped ends at the next token; a worker that does not even do that hangs. */
const STOP_TICKS = 2;

export class EngineConnection<Load, Info> {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #patience: Patience;
  readonly #remote: EngineApi<Load, Info> & Pick<Remote<unknown>, typeof releaseProxy>;
  /** Rejects when the worker dies; every call races against it. */
  readonly #death: Promise<never>;
  #die!: (error: AppError) => void;
  #nextId = 1;
  dead = false;

  /** @param name of the worker, for failures */
  constructor(worker: Worker, name: string, patience = PATIENCE) {
    this.#worker = worker;
    this.#name = name;
    this.#patience = patience;
    // Every method gives a promise already, so the far side has the near side's type.
    this.#remote = wrap<unknown>(this.#worker) as never;
    this.#death = new Promise((_, reject) => (this.#die = reject));
    this.#death.catch(() => undefined);
    this.#worker.addEventListener('error', (event) => {
      this.terminate({ kind: 'worker-crashed', worker: name, detail: event.message || 'no reason given' });
    });
  }

  /** @throws AppError as the engine's load, engine-timeout, worker-crashed */
  async open(what: Load, onProgress: (progress: Progress) => void = () => undefined): Promise<Info> {
    const watch = this.#watch(this.#patience.load);
    const listener = proxy((progress: Progress) => {
      watch.alive(this.#patience.load);
      onProgress(progress);
    });
    try {
      return fromOutcome(await Promise.race([this.#remote.load(what, listener), this.#death]));
    } finally {
      watch.stop();
    }
  }

  /** @throws AppError engine-failed, engine-timeout, prompt-too-long, worker-crashed; AbortError */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<Completion> {
    let over = false;
    try {
      return await this.#request(signal, (id, alive) => {
        const listener = proxy((delta: string) => {
          // A worker that was ended may have sent text that is still on its way.
          if (over) return;
          alive();
          if (delta !== '') onText(delta);
        });
        return this.#remote.complete(id, request, listener);
      });
    } finally {
      over = true;
    }
  }

  /** @throws as `complete` */
  choose(
    request: Pick<CompletionRequest, 'prompt' | 'turns'>,
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<Choice> {
    return this.#request(signal, (id) => this.#remote.choose(id, request, options));
  }

  /** Ends the worker; calls in flight are rejected with `failure`. */
  terminate(
    failure: AppError['failure'] = { kind: 'worker-crashed', worker: this.#name, detail: 'ended' },
  ): void {
    if (this.dead) return;
    this.dead = true;
    this.#die(new AppError(failure));
    this.#remote[releaseProxy]();
    this.#worker.terminate();
  }

  async #request<T>(
    signal: AbortSignal,
    call: (id: number, alive: () => void) => Promise<Outcome<T>>,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.dead) throw new AppError({ kind: 'worker-crashed', worker: this.#name, detail: 'ended' });
    const id = this.#nextId++;
    const watch = this.#watch(this.#patience.first);
    const abort = (): void => {
      if (this.dead) return;
      void this.#remote.abort(id);
      watch.hurry();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const result = call(id, () => watch.alive(this.#patience.next));
      return fromOutcome(await Promise.race([result, this.#death]));
    } finally {
      watch.stop();
      signal.removeEventListener('abort', abort);
    }
  }

  #watch(limit: number): { alive(ticks: number): void; hurry(): void; stop(): void } {
    const { tickMs } = this.#patience;
    let left = limit;
    let most = limit;
    const timer = setInterval(() => {
      if (--left <= 0) this.terminate({ kind: 'engine-timeout', seconds: (most * tickMs) / 1000 });
    }, tickMs);
    return {
      alive: (ticks) => {
        left = ticks;
        most = ticks;
      },
      hurry: () => (left = Math.min(left, STOP_TICKS)),
      stop: () => clearInterval(timer),
    };
  }
}
