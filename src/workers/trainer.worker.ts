/** The realm of the trainer: one job from beginning to end, off the page. */
import { transfer } from 'comlink';
import type { TrainingEvent } from '../core/training/training';
import { estimateTraining } from '../trainer/estimate';
import { trainModel } from '../trainer/train';
import type { TrainedModel, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import { serve } from './worker-errors';

const controller = new AbortController();

const api = {
  estimate(job: TrainingJob): Promise<TrainingEstimate> {
    return estimateTraining(job, controller.signal);
  },
  train(job: TrainingJob, onEvent: (event: TrainingEvent) => Promise<void>): Promise<TrainedModel> {
    return trainModel(job, controller.signal, (event) =>
      onEvent(event.type === 'checkpoint' ? transfer(event, [event.checkpoint.bytes.buffer]) : event),
    );
  },
  stop(): void {
    controller.abort();
  },
};
export type TrainerWorkerApi = typeof api;
serve(api);
