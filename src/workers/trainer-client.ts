/**
 * Page side of the trainer: a fresh worker for every job, because memory that WebAssembly took is given back only when
 * its realm ends, and a lost GPU only comes back in a new one.
 */
import type { Remote } from 'comlink';
import type { TrainingEvent } from '../core/training/training';
import type { TrainedModel, Trainer, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import type { TrainerWorkerApi } from './trainer.worker';
import { type CurrentCall, WorkerHandle, withWorker } from './worker-call';

/** A trainer that was asked to stop does so between two layers; one that has not answered in this time hangs. */
const STOP = { tickMs: 5_000, ticks: 6 };

const spawn = (): Worker =>
  new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });

/** What tests change. */
interface TestHooks {
  readonly spawn?: () => Worker;
  readonly tickMs?: number;
}

export class TrainerClient implements Trainer {
  readonly #spawn: () => Worker;
  readonly #tickMs: number;

  constructor(hooks: TestHooks = {}) {
    this.#spawn = hooks.spawn ?? spawn;
    this.#tickMs = hooks.tickMs ?? STOP.tickMs;
  }

  estimate(job: TrainingJob, signal: AbortSignal): Promise<TrainingEstimate> {
    return this.#run(signal, (remote) => remote.estimate(job));
  }

  async train(
    job: TrainingJob,
    signal: AbortSignal,
    onEvent: (event: TrainingEvent) => void | Promise<void>,
  ): Promise<TrainedModel> {
    // What the page's own listener throws would reach us through the worker as a copy.
    const thrown: unknown[] = [];
    const listen = async (event: TrainingEvent): Promise<void> => {
      try {
        await onEvent(event);
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    };
    try {
      return await this.#run(signal, (remote, { listener }) => remote.train(job, listener(listen)));
    } catch (error) {
      throw thrown.length > 0 ? thrown[0] : error;
    }
  }

  #run<T>(
    signal: AbortSignal,
    work: (remote: Remote<TrainerWorkerApi>, current: CurrentCall) => Promise<T>,
  ): Promise<T> {
    const worker = new WorkerHandle<Remote<TrainerWorkerApi>>('trainer', this.#spawn, {
      tickMs: this.#tickMs,
    });
    const stop = { ask: (remote: Remote<TrainerWorkerApi>) => remote.stop(), ticks: STOP.ticks };
    return withWorker(worker, () => worker.call(work, { signal, stop }));
  }
}
