/** From what the user chose to what the trainer gets: base weights, examples, prompts of samples. */
import { type Encoding, encodingOf, OUR_ENCODING } from '../../core/dataset/encode';
import { buildExamples, type BuiltExamples } from '../../core/dataset/examples';
import { AppError } from '../../core/errors';
import type { Progress } from '../../core/ports';
import type { RunId, SeedTask, Task } from '../../core/task';
import type { TrainingConfig, TrainingData } from '../../core/training/training';
import { Pacer } from '../../io/pacer';
import { poolSeed } from '../../core/pool-seed';
import type { TrainingJob } from '../../trainer/trainer';
import type { Services } from '../services';
import { answeredOutputs } from './answered-outputs';
import { type OpenBase, openBase } from './base-models';
import { WORDS } from './words';

export interface TrainingPlan {
  readonly name: string;
  /** Of the base model; `BUILT_IN` for the built-in one. */
  readonly baseId: string;
  readonly data: TrainingData;
  readonly config: TrainingConfig;
}
export interface PreparedJob {
  readonly base: OpenBase;
  readonly examples: BuiltExamples;
  readonly job: TrainingJob;
}

/**
 * Reads the tasks and the base model. Nothing is stored.
 * @throws AppError bad-file, model-not-here, model-file-missing, training-data-changed (the run is gone), no-examples,
 * record-gone (the evaluation with the outputs);
 * AbortError
 */
export async function prepareJob(
  services: Services,
  { baseId, data, config }: Omit<TrainingPlan, 'name'>,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<PreparedJob> {
  onProgress({ label: WORDS.readingBase, done: 0, total: null });
  const base = await openBase(services, baseId, signal, onProgress);
  const runId = data.runId as RunId;
  const summary = await services.store.run(runId);
  if (!summary) throw dataChanged(WORDS.runGone(data.name));
  const rows = summary.run.seedSet.count + summary.progress.kept;
  const pages = (): AsyncIterable<readonly Task[]> => services.store.scanTasks(runId);
  const encoding = encodingOf(summary.run.config.switches);
  const outputs = data.answers === undefined ? undefined : await answeredOutputs(services, data.answers);
  return jobOf(base, { pages, rows, encoding, outputs }, data, config, signal, onProgress);
}

/**
 * The same of seed tasks that are in no run yet, for a trial of what is still to be planned.
 * @throws AppError as `prepareJob`
 */
export async function prepareSeedJob(
  services: Services,
  { baseId, config }: Pick<TrainingPlan, 'baseId' | 'config'>,
  seeds: readonly SeedTask[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<PreparedJob> {
  const base = await openBase(services, baseId, signal, onProgress);
  const runId = 'none' as RunId;
  const data = { source: 'seeds', runId, name: baseId, heldOutShare: 0, limit: null } as const;
  async function* pages(): AsyncGenerator<readonly Task[]> {
    await Promise.resolve();
    yield seeds.map((seed, i) => poolSeed(runId, i, seed));
  }
  const tasks = { pages, rows: seeds.length, encoding: OUR_ENCODING };
  return jobOf(base, tasks, data, config, signal, onProgress);
}

interface TasksToEncode {
  readonly pages: () => AsyncIterable<readonly Task[]>;
  /** How many they are, for the progress. */
  readonly rows: number;
  readonly encoding: Encoding;
  /** As in `ExampleChoice`. */
  readonly outputs?: ReadonlyMap<string, string> | undefined;
}

async function jobOf(
  base: OpenBase,
  { pages, rows, encoding, outputs }: TasksToEncode,
  data: TrainingData,
  config: TrainingConfig,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<PreparedJob> {
  const pacer = new Pacer();
  let done = 0;
  const examples = await buildExamples(
    pages,
    { ...data, seed: config.seed, encoding, endOfText: base.endOfText, ...(outputs ? { outputs } : {}) },
    () => {
      signal.throwIfAborted();
      if (++done % PROGRESS_STRIDE === 0) {
        onProgress({
          label: WORDS.readingTasks,
          unit: 'rows',
          done: Math.min(rows, done >> 1),
          total: rows,
        });
      }
      return pacer.breathe();
    },
  );
  signal.throwIfAborted();
  if (examples.training.length === 0) throw new AppError({ kind: 'no-examples', data: data.name });
  const job: TrainingJob = {
    base: base.weights,
    examples: examples.training,
    validation: examples.validation,
    config,
    samplePrompts: config.sampleEvery > 0 ? examples.samples.map(({ prompt }) => prompt) : [],
    resume: null,
  };
  return { base, examples, job };
}
const PROGRESS_STRIDE = 1_000;

const dataChanged = (detail: string): AppError => new AppError({ kind: 'training-data-changed', detail });

/**
 * A training resumes only with the model and the examples that it started with.
 * @throws AppError training-data-changed
 */
export function checkSame(
  { base, examples }: PreparedJob,
  started: {
    readonly baseModel: { readonly name: string; readonly hash: string };
    readonly print: number;
    readonly data: TrainingData;
  },
): void {
  if (base.model.hash !== started.baseModel.hash) {
    throw dataChanged(WORDS.baseChanged(started.baseModel.name));
  }
  if (examples.print !== started.print) {
    throw dataChanged(WORDS.tasksChanged(started.data.name));
  }
}
