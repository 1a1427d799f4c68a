/** Page side of the weights worker: one worker for each form, ended when it is written or no longer wanted. */
import type { Remote } from 'comlink';
import type { WeightsWriter } from '../models/weights-writer';
import type { WeightsWorkerApi } from './weights.worker';
import { WorkerHandle, withWorker } from './worker-call';
import { WORDS } from '../models/words';

const weightsWorker = (): WorkerHandle<Remote<WeightsWorkerApi>> =>
  new WorkerHandle(
    'weights',
    () => new Worker(new URL('./weights.worker.ts', import.meta.url), { type: 'module', name: 'weights' }),
  );

export const writeInWorker: WeightsWriter = {
  write: (model, form, signal, onProgress) =>
    withWorker(weightsWorker(), (worker) =>
      worker.call(
        (remote, { listener }) => {
          const progress = listener((done: number, total: number) =>
            onProgress({ label: WORDS.progress.writing, unit: 'tensors', done, total }),
          );
          return remote.write(model, form, progress);
        },
        { signal },
      ),
    ),
};
