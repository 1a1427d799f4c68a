/** A probe of some seconds: a model writes, answers and is trained a few steps, so that a loop knows how long it will take. */
import { askTasks } from '../../core/evaluation/runner';
import type { EvaluationConfig } from '../../core/evaluation/evaluation';
import { type LoopPace, secondsByTest, secondsPerKept } from '../../core/loop/pace';
import { measureSpeed } from '../../core/models/speed';
import type { LanguageModel, Progress } from '../../core/ports';
import type { RunConfig } from '../../core/run';
import type { SeedTask } from '../../core/task';
import type { TrainingConfig } from '../../core/training/training';
import { loadSet } from '../../app/evaluation/evaluation-sets';
import type { Services } from '../../app/services';
import { prepareSeedJob } from '../../app/training/training-job';
import { WORDS } from './words';

/** Of writing, once the first token has come: until then a slow device reads the prompt. */
const WRITING_SECONDS = 5;
/** Tasks that are answered; at least as many as a model answers at once. */
const ANSWERED = 4;
/** Runs that are looked through for one of this model. */
const RUNS = 20;

export interface Probed {
  readonly modelId: string;
  readonly run: RunConfig;
  readonly seeds: readonly SeedTask[];
  readonly training: TrainingConfig;
  /** Id of a held-out set that ships with the app. */
  readonly setId: string;
  readonly evaluation: EvaluationConfig;
}

/** @throws AppError of model, trainer or store; AbortError */
export async function probeLoop(
  services: Services,
  { modelId, run, seeds, training, setId, evaluation }: Probed,
  signal: AbortSignal,
  report: (progress: Progress) => void,
): Promise<LoopPace> {
  const tell = (label: string): void => report({ label, done: 0, total: null });
  const model = await services.models.load(modelId, signal, report);
  // Imported ones were computed elsewhere.
  const runs = (await services.store.latestRuns(RUNS)).filter(({ run: one }) => one.source === 'here');
  const own = runs.filter(({ run: one }) => one.model.hash === model.hash).map(({ progress }) => progress);
  let each = secondsPerKept(own);
  if (each === null) {
    tell(WORDS.probe.writing);
    const speed = await writingSpeed(model, run, seeds, signal);
    each = secondsByTest(
      speed,
      runs.map(({ progress }) => progress),
    );
  }
  tell(WORDS.probe.answering);
  const tasks = Math.max(ANSWERED, model.parallel);
  const set = await loadSet(services, { kind: 'shipped', id: setId }, tasks, evaluation.seed, signal);
  const plan = {
    evaluationId: '',
    modelKey: '',
    config: evaluation,
    tasks: set.tasks,
    answered: () => false,
  };
  const now = (): number => performance.now();
  const ports = { model, store: () => Promise.resolve(), now, date: () => services.now() };
  const began = now();
  let answers = 0;
  for await (const { type } of askTasks(ports, plan, signal)) if (type === 'answered') answers++;
  const secondsPerAnswer = (now() - began) / 1000 / answers;
  // A trainer needs its memory.
  await services.models.unload();
  const { job } = await prepareSeedJob(
    services,
    { baseId: modelId, config: training },
    seeds,
    signal,
    report,
  );
  tell(WORDS.probe.training);
  const { secondsPerStep } = await services.trainer.estimate(job, signal);
  return { secondsPerKept: each, secondsPerStep, secondsPerAnswer };
}

async function writingSpeed(
  model: LanguageModel,
  run: RunConfig,
  seeds: readonly SeedTask[],
  signal: AbortSignal,
): ReturnType<typeof measureSpeed> {
  const over = new AbortController();
  let end: ReturnType<typeof setTimeout> | undefined;
  const timed: Parameters<typeof measureSpeed>[0] = {
    parallel: model.parallel,
    contextLength: model.contextLength,
    complete: (request, stop, listener) =>
      model.complete(request, stop, {
        text: (delta) => {
          end ??= setTimeout(() => over.abort(), WRITING_SECONDS * 1000);
          listener?.text(delta);
        },
        retry: (detail) => listener?.retry(detail),
      }),
  };
  const stop = AbortSignal.any([signal, over.signal]);
  const speed = await measureSpeed(timed, run, seeds, () => performance.now() / 1000, stop);
  clearTimeout(end);
  signal.throwIfAborted();
  return speed;
}
