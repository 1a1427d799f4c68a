/** What a training will take, from a short trial of the very same steps. */
import { layOut } from '../core/training/batches';
import type { OpenJob } from './job';
import type { Learner } from './learner';
import { type TrainOptions, withLearner } from './open-learner';
import type { TrainingEstimate, TrainingJob } from './trainer';

/** Seconds for batches of one length. */
interface Trial {
  readonly length: number;
  /** The first one, with what comes once: compiling, or the frozen layers. */
  readonly first: number;
  readonly step: number;
  /** One batch without gradients, as for the validation loss. */
  readonly look: number;
}

/** Errors and signal as `Trainer.estimate`. */
export function estimateTraining(
  job: TrainingJob,
  signal: AbortSignal,
  options: TrainOptions = {},
): Promise<TrainingEstimate> {
  return withLearner(job, signal, options, async ({ open, learner }) =>
    summary(job, open, learner, await tryOut(open, learner)),
  );
}

/** A typical length and the longest one, twice each: the first time has in it what comes once. */
async function tryOut(open: OpenJob, learner: Learner): Promise<Trial[]> {
  const batches = [...open.plan.epoch(0)].sort((a, b) => a.length - b.length);
  const typical = batches[batches.length >> 1];
  const longest = batches.at(-1);
  const trials: Trial[] = [];
  for (const batch of new Set([typical, longest])) {
    if (!batch || trials.at(-1)?.length === batch.length) continue;
    const { examples } = batch;
    const enough = Math.ceil((learner.trialTokens ?? Infinity) / batch.length);
    const rows = Math.min(open.batchSize, enough);
    const tried = { ...batch, examples: examples.slice(0, rows) };
    const tensors = layOut(tried, rows, open.examples);
    // Only part of a batch may be tried, and the last batch of an epoch may not be full.
    const whole = open.batchSize / Math.min(rows, examples.length);
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await work();
      return (whole * (performance.now() - started)) / 1000;
    };
    const step = async (): Promise<void> => {
      await learner.gradients(tensors);
      // A rate of zero: what is tried changes nothing, and costs the same.
      await learner.update(1, 0, 1);
    };
    const first = await timed(step);
    const second = await timed(step);
    if (learner.trialTokens === null) await learner.lossSum(tensors);
    const look = await timed(() => learner.lossSum(tensors));
    trials.push({ length: batch.length, first, step: second, look });
  }
  return trials;
}

function summary(
  job: TrainingJob,
  open: OpenJob,
  learner: Learner,
  trials: readonly Trial[],
): TrainingEstimate {
  const { config } = job;
  const batches = open.plan.epoch(0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const epoch = sum(batches.map(({ length }) => between(trials, length, ({ step }) => step)));
  const looks = sum(open.validation.map(({ length }) => between(trials, length, ({ look }) => look)));
  const lookCount = 2 + Math.floor(open.steps / Math.max(config.validateEvery, 1));
  // Compiling comes once for each length; what is kept of each example, once for all of them.
  const times =
    learner.trialTokens === null ? new Set(batches.map(({ length }) => length)).size : batches.length;
  const once = (times * sum(trials.map(({ first, step }) => Math.max(first - step, 0)))) / trials.length;
  const secondsPerStep = epoch / batches.length;
  return {
    steps: open.steps,
    secondsPerStep,
    seconds: secondsPerStep * open.steps + looks * lookCount + once,
    tokensPerSecond: open.tokens / epoch,
    peakBytes: learner.peakBytes(open.batchSize, Math.max(...open.plan.lengths)),
    device: learner.runsOn,
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
