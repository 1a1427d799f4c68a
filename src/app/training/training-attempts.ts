/** Trains a job to its end: after a crashed or silent worker or a lost device, again from the last checkpoint. */
import { type Failure, failureOf, isAbort } from '../../core/errors';
import type { TrainingCheckpoint, TrainingEvent } from '../../core/training/training';
import type { TrainedModel, Trainer, TrainingJob } from '../../trainer/trainer';

/** Trials in a row without a new checkpoint. */
const ATTEMPTS = 3;
/** What may go well in a fresh worker; the libraries there fail in ways that only `unexpected` covers. */
const OF_THE_TRAINER: readonly Failure['kind'][] = [
  'worker-crashed',
  'worker-silent',
  'device-lost',
  'unexpected',
];

/** Whoever follows the training, from attempt to attempt. */
export interface AttemptListener {
  begin(job: TrainingJob): void;
  /** When it throws, the training ends: going on without a stored state would only lose more. */
  on(event: TrainingEvent): Promise<void>;
  /** The newest one, stored or not; null before the first. */
  checkpoint(): TrainingCheckpoint | null;
  /** It goes on after this failure. */
  recovered(failure: Failure): void;
}

/** @throws AppError of the trainer; what the listener throws; AbortError */
export async function trainInAttempts(
  trainer: Trainer,
  first: TrainingJob,
  signal: AbortSignal,
  listener: AttemptListener,
): Promise<TrainedModel> {
  let job = first;
  for (let failures = 0; ;) {
    const from = listener.checkpoint()?.step ?? 0;
    try {
      listener.begin(job);
      return await attempt(trainer, job, signal, listener);
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error);
      if (!OF_THE_TRAINER.includes(failure.kind)) throw error;
      const resume = listener.checkpoint();
      failures = (resume?.step ?? 0) > from ? 1 : failures + 1;
      if (failures === ATTEMPTS) throw error;
      listener.recovered(failure);
      job = { ...job, resume };
    }
  }
}

async function attempt(
  trainer: Trainer,
  job: TrainingJob,
  signal: AbortSignal,
  listener: AttemptListener,
): Promise<TrainedModel> {
  const stop = new AbortController();
  const forward = (): void => stop.abort();
  signal.addEventListener('abort', forward, { once: true });
  if (signal.aborted) stop.abort();
  let broken: unknown = null;
  try {
    return await trainer.train(job, stop.signal, async (event) => {
      // What could not be stored within the time of a stop would take that time again.
      if (isAbort(broken)) throw broken;
      try {
        await listener.on(event);
      } catch (error) {
        broken ??= error;
        stop.abort();
      }
    });
  } catch (error) {
    throw broken ?? error;
  } finally {
    signal.removeEventListener('abort', forward);
  }
}
