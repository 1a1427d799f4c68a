/**
 * Page side of the trainer: a fresh worker for every job, because memory that WebAssembly took is given back only when
 * its realm ends, and a lost GPU only comes back in a new one.
 */
import type { Remote } from 'comlink';
import type { TrainingEvent } from '../core/training/training';
import type { TrainedModel, Trainer, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import type { TrainerWorkerApi } from './trainer.worker';
import { type CurrentCall, WorkerHandle, withWorker } from './worker-call';

/** Three minutes between two signs of life: a layer on a slow device, or shaders that are being compiled. */
const PATIENCE_TICKS = 36;

const spawn = (): Worker =>
  new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });

/** What tests change. */
interface TestHooks {
  readonly spawn?: () => Worker;
  readonly tickMs?: number;
}

export class TrainerClient implements Trainer {
  readonly #spawn: () => Worker;
  readonly #tickMs: number | undefined;

  constructor(hooks: TestHooks = {}) {
    this.#spawn = hooks.spawn ?? spawn;
    this.#tickMs = hooks.tickMs;
  }

  estimate(job: TrainingJob, signal: AbortSignal): Promise<TrainingEstimate> {
    return this.#run(signal, (remote, { listener }) => remote.estimate(job, listener(sign)));
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
      return await this.#run(signal, (remote, { listener }) =>
        remote.train(job, listener(listen), listener(sign)),
      );
    } catch (error) {
      throw thrown.length > 0 ? thrown[0] : error;
    }
  }

  #run<T>(
    signal: AbortSignal,
    work: (remote: Remote<TrainerWorkerApi>, current: CurrentCall) => Promise<T>,
  ): Promise<T> {
    const hooks = this.#tickMs === undefined ? {} : { tickMs: this.#tickMs };
    const worker = new WorkerHandle<Remote<TrainerWorkerApi>>('trainer', this.#spawn, hooks);
    // It stops between two layers, and then hands out a checkpoint.
    const stop = { ask: (remote: Remote<TrainerWorkerApi>) => remote.stop(), renewed: true };
    return withWorker(worker, () => worker.call(work, { signal, stop, ticks: PATIENCE_TICKS }));
  }
}

/** That it comes is all it says. */
const sign = (): void => undefined;
