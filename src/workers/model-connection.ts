/** One model worker from birth to death: start, requests with a watchdog, and termination that leaves nobody waiting. */
import { proxy, releaseProxy, type Remote, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { Completion, CompletionRequest } from '../core/ports';
import type { WllamaLoadOptions, WllamaModelInfo } from '../engines/wllama/wllama-engine';
import type { ModelWorkerApi } from './model.worker';
import { fromOutcome, type Outcome } from './outcome';

/** The watchdog counts its own ticks: a frozen tab does not tick, so sleep is no stall. */
const TICK_MS = 5_000;
const STALL_TICKS = 12;
const LOAD_TICKS = 24;
/** A request that was stopped ends at the next token; a worker that does not even do that hangs. */
const STOP_TICKS = 2;

const spawn = (): Worker =>
  new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module', name: 'model' });

export class ModelConnection {
  readonly #worker: Worker;
  readonly #tickMs: number;
  readonly #remote: Remote<ModelWorkerApi>;
  /** Rejects when the worker dies; every call races against it. */
  readonly #death: Promise<never>;
  #die!: (error: AppError) => void;
  #nextId = 1;
  dead = false;

  constructor(worker = spawn(), tickMs = TICK_MS) {
    this.#worker = worker;
    this.#tickMs = tickMs;
    this.#remote = wrap<ModelWorkerApi>(this.#worker);
    this.#death = new Promise((_, reject) => (this.#die = reject));
    this.#death.catch(() => undefined);
    this.#worker.addEventListener('error', (event) => {
      this.terminate({ kind: 'worker-crashed', worker: 'model', detail: event.message || 'no reason given' });
    });
  }

  async load(file: Blob, options: WllamaLoadOptions): Promise<WllamaModelInfo> {
    const watch = this.#watch(LOAD_TICKS);
    try {
      return fromOutcome(await Promise.race([this.#remote.load(file, options), this.#death]));
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
    signal.throwIfAborted();
    if (this.dead) throw new AppError({ kind: 'worker-crashed', worker: 'model', detail: 'ended' });
    const id = this.#nextId++;
    const watch = this.#watch(STALL_TICKS);
    const abort = (): void => {
      if (this.dead) return;
      void this.#remote.abort(id);
      watch.hurry();
    };
    signal.addEventListener('abort', abort, { once: true });
    let over = false;
    const listener = proxy((delta: string) => {
      // Text and result come through different ports: the last of the text may be late, but the result holds it.
      if (over) return;
      watch.alive();
      onText(delta);
    });
    try {
      const call: Promise<Outcome<Completion>> = this.#remote.complete(id, request, listener);
      return fromOutcome(await Promise.race([call, this.#death]));
    } finally {
      over = true;
      watch.stop();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends the worker; calls in flight are rejected with `failure`. */
  terminate(
    failure: AppError['failure'] = { kind: 'worker-crashed', worker: 'model', detail: 'ended' },
  ): void {
    if (this.dead) return;
    this.dead = true;
    this.#die(new AppError(failure));
    this.#remote[releaseProxy]();
    this.#worker.terminate();
  }

  #watch(limit: number): { alive(): void; hurry(): void; stop(): void } {
    let left = limit;
    const seconds = (limit * this.#tickMs) / 1000;
    const timer = setInterval(() => {
      if (--left <= 0) this.terminate({ kind: 'engine-timeout', seconds });
    }, this.#tickMs);
    return {
      alive: () => (left = limit),
      hurry: () => (left = Math.min(left, STOP_TICKS)),
      stop: () => clearInterval(timer),
    };
  }
}
