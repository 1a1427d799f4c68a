/** Page side of the weights worker: one worker for each form, ended when it is written or no longer wanted. */
import { proxy, type Remote, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { WeightsWriter } from '../models/weights-writer';
import { fromOutcome, type Outcome } from './outcome';
import { unlessStopped } from './unless-stopped';
import type { WeightsWorkerApi } from './weights.worker';

export const writeInWorker: WeightsWriter = {
  write: (model, form, signal, onProgress) =>
    withWorker(signal, (remote) => {
      const tell = (done: number, total: number): void =>
        onProgress({ label: 'Writing the weights', done, total });
      return remote.write(model, form, proxy(tell));
    }),
};

async function withWorker<T>(
  signal: AbortSignal,
  work: (remote: Remote<WeightsWorkerApi>) => Promise<Outcome<T>>,
): Promise<T> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./weights.worker.ts', import.meta.url), {
    type: 'module',
    name: 'weights',
  });
  const death = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(
        new AppError({ kind: 'worker-crashed', worker: 'weights', detail: message || 'no reason given' }),
      );
    });
  });
  death.catch(() => undefined);
  try {
    const outcome = Promise.race([work(wrap<WeightsWorkerApi>(worker)), death]);
    return fromOutcome(await unlessStopped(outcome, signal));
  } finally {
    worker.terminate();
  }
}
