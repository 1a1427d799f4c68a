/** The realm of the trainer: one job from beginning to end, off the page. */
import { transfer } from 'comlink';
import type { TrainingEvent } from '../core/training/training';
import { estimateTraining } from '../trainer/estimate';
import { trainModel } from '../trainer/train';
import type { TrainedModel, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import { rarely } from '../io/rarely';
import { serve } from './worker-errors';

const controller = new AbortController();

const api = {
  /** @param sign is called as long as the work gets ahead: a device that hangs leaves this realm itself alive */
  estimate(job: TrainingJob, sign: () => void): Promise<TrainingEstimate> {
    return estimateTraining(job, controller.signal, { sign: rarely(sign) });
  },
  train(
    job: TrainingJob,
    onEvent: (event: TrainingEvent) => Promise<void>,
    sign: () => void,
  ): Promise<TrainedModel> {
    const handOut = (event: TrainingEvent): Promise<void> =>
      onEvent(event.type === 'checkpoint' ? transfer(event, [event.checkpoint.bytes.buffer]) : event);
    return trainModel(job, controller.signal, handOut, { sign: rarely(sign) });
  },
  stop(): void {
    controller.abort();
  },
};
export type TrainerWorkerApi = typeof api;
serve(api);
