/** The realm of the trainer: one job from beginning to end, off the page. */
import { expose, transfer } from 'comlink';
import type { TrainingEvent } from '../core/training/training';
import { estimateTraining } from '../trainer/estimate';
import { trainModel } from '../trainer/train';
import type { TrainedModel, TrainingEstimate, TrainingJob } from '../trainer/trainer';
import { type Outcome, toOutcome } from './outcome';

const controller = new AbortController();

const api = {
  estimate(job: TrainingJob): Promise<Outcome<TrainingEstimate>> {
    return toOutcome('trainer', () => estimateTraining(job, controller.signal));
  },
  train(job: TrainingJob, onEvent: (event: TrainingEvent) => Promise<void>): Promise<Outcome<TrainedModel>> {
    return toOutcome('trainer', () =>
      trainModel(job, controller.signal, (event) =>
        onEvent(event.type === 'checkpoint' ? transfer(event, [event.checkpoint.bytes.buffer]) : event),
      ),
    );
  },
  stop(): void {
    controller.abort();
  },
};
export type TrainerWorkerApi = typeof api;
expose(api);
