/**
 * Page side of the trainer: a fresh worker for every job, because memory that WebAssembly took is given back only when
 * its realm ends, and a lost graphics processor only comes back in a new one.
 */
import { proxy, type Remote, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { TrainingEvent } from '../core/training/training';
import type { TrainedModel, Trainer, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import { fromOutcome, type Outcome } from './outcome';
import type { TrainerWorkerApi } from './trainer.worker';

/** A trainer that was asked to stop does so between two layers; one that has not answered by then hangs. */
const STOP_MS = 30_000;

const spawn = (): Worker =>
  new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });

/** What tests change. */
interface Inner {
  readonly spawn?: () => Worker;
  readonly stopMs?: number;
}

export class TrainerClient implements Trainer {
  readonly #spawn: () => Worker;
  readonly #stopMs: number;

  constructor(inner: Inner = {}) {
    this.#spawn = inner.spawn ?? spawn;
    this.#stopMs = inner.stopMs ?? STOP_MS;
  }

  estimate(job: TrainingJob, signal: AbortSignal): Promise<TrainingEstimate> {
    return this.#run(signal, (remote) => remote.estimate(job));
  }

  train(
    job: TrainingJob,
    signal: AbortSignal,
    onEvent: (event: TrainingEvent) => void | Promise<void>,
  ): Promise<TrainedModel> {
    return this.#run(signal, async (remote) => {
      // What the page's own listener throws would reach us through the worker as a text.
      const thrown: unknown[] = [];
      const listener = proxy(async (event: TrainingEvent) => {
        try {
          await onEvent(event);
        } catch (error) {
          thrown.push(error);
          throw error;
        }
      });
      const outcome = await remote.train(job, listener);
      if (thrown.length > 0) throw thrown[0];
      return outcome;
    });
  }

  async #run<T>(
    signal: AbortSignal,
    call: (remote: Remote<TrainerWorkerApi>) => Promise<Outcome<T>>,
  ): Promise<T> {
    signal.throwIfAborted();
    const worker = this.#spawn();
    const remote = wrap<TrainerWorkerApi>(worker);
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const death = new Promise<never>((_, reject) => {
      const crashed = (event: Event): void => {
        const detail = (event instanceof ErrorEvent && event.message) || 'no reason given';
        reject(new AppError({ kind: 'worker-crashed', worker: 'trainer', detail }));
      };
      worker.addEventListener('error', crashed, { signal: over.signal });
      worker.addEventListener('messageerror', crashed, { signal: over.signal });
      const stop = (): void => {
        void remote.stop();
        timer = setTimeout(() => reject(new DOMException('Stopped', 'AbortError')), this.#stopMs);
      };
      signal.addEventListener('abort', stop, { signal: over.signal });
    });
    try {
      return fromOutcome(await Promise.race([call(remote), death]));
    } finally {
      over.abort();
      clearTimeout(timer);
      worker.terminate();
    }
  }
}
