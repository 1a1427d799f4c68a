/** What a training will take, from a short trial of the very same steps. */
import { Pacer } from '../io/pacer';
import { layOut } from '../core/training/batches';
import { type ComputeDevice, deviceFailure, openDevice } from './device';
import { loadModel, type OpenJob, openJob } from './job';
import { peakBytes } from './memory';
import { StepRunner } from './step';
import type { TrainOptions } from './train';
import type { TrainingEstimate, TrainingJob } from './trainer';

/** Seconds for batches of one length. */
interface Trial {
  readonly length: number;
  /** The first one, with compiling. */
  readonly first: number;
  readonly step: number;
  /** One batch without gradients, as for the validation loss. */
  readonly look: number;
}

/** Errors and signal as `Trainer.estimate`. */
export async function estimateTraining(
  job: TrainingJob,
  signal: AbortSignal,
  options: TrainOptions = {},
): Promise<TrainingEstimate> {
  const device = await openDevice(options.device);
  try {
    const open = await openJob(job);
    signal.throwIfAborted();
    const trials = await tryOut(job, open, new Pacer(signal, options.sign));
    return summary(job, open, device, trials);
  } catch (error) {
    throw deviceFailure(error, device, signal.aborted);
  }
}

/** A typical length and the longest one, twice each: the first time is mostly compiling. */
async function tryOut(job: TrainingJob, open: OpenJob, pacer: Pacer): Promise<Trial[]> {
  const model = await loadModel(job.base, open, job.config);
  const runner = new StepRunner(model, job.config.weightDecay, () => pacer.breathe());
  const batches = [...open.plan.epoch(0)].sort((a, b) => a.length - b.length);
  const typical = batches[batches.length >> 1];
  const longest = batches.at(-1);
  const trials: Trial[] = [];
  try {
    for (const batch of new Set([typical, longest])) {
      if (!batch || trials.at(-1)?.length === batch.length) continue;
      const tensors = layOut(batch, open.batchSize, open.examples);
      const step = async (): Promise<number> => {
        const started = performance.now();
        const { grads } = await runner.gradients(tensors);
        // A rate of zero: what is tried changes nothing, and costs the same.
        await runner.update(grads, 1, 0, 1);
        return (performance.now() - started) / 1000;
      };
      const first = await step();
      const second = await step();
      await runner.lossSum(tensors);
      const started = performance.now();
      await runner.lossSum(tensors);
      trials.push({ length: batch.length, first, step: second, look: (performance.now() - started) / 1000 });
    }
  } finally {
    runner.dispose();
    model.dispose();
  }
  return trials;
}

function summary(
  job: TrainingJob,
  open: OpenJob,
  device: ComputeDevice,
  trials: readonly Trial[],
): TrainingEstimate {
  const { config } = job;
  const batches = open.plan.epoch(0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const epoch = sum(batches.map(({ length }) => between(trials, length, ({ step }) => step)));
  const looks = sum(open.validation.map(({ length }) => between(trials, length, ({ look }) => look)));
  const lookCount = 2 + Math.floor(open.steps / Math.max(config.validateEvery, 1));
  const lengths = new Set(batches.map(({ length }) => length)).size;
  const compiling =
    (lengths * sum(trials.map(({ first, step }) => Math.max(first - step, 0)))) / trials.length;
  const secondsPerStep = epoch / batches.length;
  return {
    steps: open.steps,
    secondsPerStep,
    seconds: secondsPerStep * open.steps + looks * lookCount + compiling,
    tokensPerSecond: open.tokens / epoch,
    peakBytes: peakBytes(open.config, config.method, open.batchSize, Math.max(...open.plan.lengths)),
    device: device.words,
  };
}

/** A straight line through the trials. */
function between(trials: readonly Trial[], length: number, of: (trial: Trial) => number): number {
  const short = trials[0] as Trial;
  const long = trials.at(-1) as Trial;
  if (short === long) return (of(short) * length) / short.length;
  const slope = Math.max(0, (of(long) - of(short)) / (long.length - short.length));
  return Math.max(of(short) + slope * (length - short.length), (of(short) * length) / short.length / 2);
}
