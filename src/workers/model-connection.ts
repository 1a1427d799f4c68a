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

export class ModelConnection {
  readonly #worker: Worker;
  readonly #remote: Remote<ModelWorkerApi>;
  /** Rejects when the worker dies; every call races against it. */
  readonly #death: Promise<never>;
  #die!: (error: AppError) => void;
  #nextId = 1;
  dead = false;

  constructor() {
    this.#worker = new Worker(new URL('./model.worker.ts', import.meta.url), {
      type: 'module',
      name: 'model',
    });
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
    const id = this.#nextId++;
    const watch = this.#watch(STALL_TICKS);
    const abort = (): void => void this.#remote.abort(id);
    signal.addEventListener('abort', abort, { once: true });
    const listener = proxy((delta: string) => {
      watch.alive();
      onText(delta);
    });
    try {
      const call: Promise<Outcome<Completion>> = this.#remote.complete(id, request, listener);
      return fromOutcome(await Promise.race([call, this.#death]));
    } finally {
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

  #watch(limit: number): { alive(): void; stop(): void } {
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks >= limit) this.terminate({ kind: 'engine-timeout', seconds: (limit * TICK_MS) / 1000 });
    }, TICK_MS);
    return { alive: () => (ticks = 0), stop: () => clearInterval(timer) };
  }
}
