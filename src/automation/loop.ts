/**
 * The second half of the loop for scripts (`npm run loop`): finetune on a run, then evaluate. What is stored already is not
 * made again, and what is unfinished goes on: after a kill a script asks for the same once more.
 */
import { type Interval, pairedTest, RESAMPLING, runToEnd, mean } from '../core/evaluation/resampling';
import { pointsOf } from '../core/evaluation/figures';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { BUILT_IN, type ModelInfo } from '../core/models/stored-model';
import type { RunId } from '../core/task';
import { defaultConfig, onTopLayers } from '../core/training/defaults';
import type { TrainingConfig, TrainingData, TrainingRecord } from '../core/training/training';
import { evaluationReport } from '../export/evaluation-report';
import type { AskedModel } from '../app/evaluation/evaluated-models';
import { EvaluationResults } from '../app/evaluation/evaluation-results.svelte';
import { EvaluationSession } from '../app/evaluation/evaluation-session.svelte';
import { loadSet } from '../app/evaluation/evaluation-sets';
import { ImportView } from '../features/export/import-view.svelte';
import type { Services } from '../app/services';
import { TrainingSession } from '../app/training/training-session.svelte';
import { planOf } from '../app/training/training-record';

export interface FinetuneOptions {
  readonly runId: RunId;
  readonly source: TrainingData['source'];
  readonly name: string;
  readonly seed: number;
  /** Of the base model; the built-in one without it. */
  readonly model?: string;
  /** For adapters: so many of the highest layers learn; all of them without it. */
  readonly topLayers?: number;
  /** At most so many examples. */
  readonly limit?: number;
  /** Other values than those that the Finetune screen begins with. */
  readonly values?: Partial<TrainingConfig>;
}
/** A model, and how it is asked: see `EvaluatedModel.plain`. The name is the model's own unless it has another here. */
interface ModelQuestion extends Pick<AskedModel, 'id' | 'plain'> {
  readonly name?: string;
}
export interface EvaluateOptions {
  /** An evaluation of this name goes on: it gets the models that it lacks. */
  readonly name?: string;
  /** In the order of the result; the first is the one that the others are compared with. */
  readonly models: readonly (string | ModelQuestion)[];
  /** Id of a held-out set that ships with the app. */
  readonly set: string;
  readonly limit: number | null;
  readonly seed: number;
  /** Max tokens of an answer; without it, as many as the simple held-out tasks need. */
  readonly maxTokens?: number;
}
/** Scores are ROUGE-L F1 x100 of whole words, best over references. */
export interface LoopEvaluation {
  readonly tasks: number;
  readonly models: readonly {
    readonly id: string | null;
    readonly name: string;
    readonly rougeL: Interval;
    /** By task, in the order of the set. */
    readonly points: readonly number[];
  }[];
  /** Markdown. */
  readonly report: string;
}
/** A mean difference over tasks with its 95 % interval. */
export type LoopDifference = Interval & { readonly signFlipP: number };

/**
 * Two ways on the same tasks, each tried with several seeds: a task's points are its mean over the seeds, and tasks are
 * resampled. The interval tells of other tasks like these, not of other seeds.
 * @param first points by seed and task, second minus first is returned
 */
export function pairedDifference(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): LoopDifference | null {
  const ofTask = (seeds: readonly (readonly number[])[], task: number): number =>
    mean(seeds.map((points) => points[task] ?? NaN));
  const differences = (first[0] ?? []).map((_, task) => ofTask(second, task) - ofTask(first, task));
  const test = runToEnd(pairedTest(differences, RESAMPLING));
  return test && { mean: test.difference, low: test.low, high: test.high, signFlipP: test.signFlipP };
}

/** Imports a data set as a run, unless a run was imported from a file of that name. @throws Error when it is refused */
export async function importData(services: Services, file: File): Promise<RunId> {
  const known = (await services.store.latestRuns(Infinity)).find(
    ({ run }) => run.imported?.file === file.name,
  );
  if (known) return known.run.id;
  const view = new ImportView(services);
  const stored = (await view.read(file)) ?? (await view.store());
  if (!stored) throw new Error(reason(view.job.failure));
  return stored.id;
}

/**
 * Finetunes a model with the values that the Finetune screen begins with; nothing is held out, because it is judged by
 * tasks that are in no run.
 */
export async function finetune(
  services: Services,
  { runId, source, name, seed, model = BUILT_IN, topLayers = 0, limit, values = {} }: FinetuneOptions,
  onStep: (step: number, steps: number) => void,
): Promise<TrainingRecord> {
  const usual = defaultConfig(model, model === BUILT_IN ? 'full' : 'lora');
  const plan = {
    baseId: model,
    data: { source, runId, name, heldOutShare: 0, limit: limit ?? null },
    config: { ...onTopLayers(usual, topLayers), seed, sampleEvery: 0, ...values },
  };
  const known = (await services.trainings.list()).find((record) => isSame(planOf(record), plan));
  if (known?.status === 'finished') return known;
  const session = new TrainingSession(services);
  const ticking = setInterval(() => {
    if (session.figures && session.record) onStep(session.figures.step, session.record.steps);
  }, 1_000);
  try {
    await (known ? session.resume(known.id) : session.start({ name, ...plan }));
  } finally {
    clearInterval(ticking);
  }
  if (session.status !== 'finished' || !session.record) throw new Error(reason(session.failure));
  return session.record;
}

/** Asks all models and compares them. */
export async function evaluate(
  services: Services,
  { name = 'Before and after', models, set: setId, limit, seed, maxTokens }: EvaluateOptions,
  onAnswer: (done: number, total: number) => void,
): Promise<LoopEvaluation> {
  const asked = await Promise.all(models.map((model) => found(services, model)));
  const usual = builtInEvaluation(seed);
  const config = { ...usual, maxTokens: maxTokens ?? usual.maxTokens };
  const session = new EvaluationSession(services);
  const ticking = setInterval(() => onAnswer(session.progress.done, session.progress.total), 1_000);
  try {
    const known = (await services.evaluations.list()).find((record) => record.name === name);
    if (known) {
      await session.open(known.id);
      await session.addModels(asked.filter((model) => !session.record?.models.some(isAsked(model))));
      await session.resume(known.id);
    } else {
      const signal = new AbortController().signal;
      const set = await loadSet(services, { kind: 'shipped', id: setId }, limit, seed, signal);
      await session.start({ name, set, config, models: asked });
    }
  } finally {
    clearInterval(ticking);
  }
  const { record, tasks } = session;
  if (session.status !== 'finished' || !record) throw new Error(reason(session.failure));
  const results = new EvaluationResults(session);
  await results.refresh();
  const { figures, stem, tokens } = results;
  if (!figures) throw new Error(reason(session.failure));
  const [first] = record.models;
  return {
    tasks: tasks.length,
    models: asked.map((model) => {
      const own = figures.models.find(({ model: one }) => isAsked(model)(one));
      const sheet = (own && figures.sheets.get(own.model.key)) ?? [];
      const points = sheet.map((entry) => (entry ? pointsOf(entry.score, 'rouge-l') : NaN));
      return { id: model.id, name: model.name, rougeL: own?.rougeL ?? NOTHING, points };
    }),
    report: evaluationReport({
      record,
      tasks,
      figures,
      scoring: { stem, tokens },
      pair: figures.pairs.filter((pair) => pair.first === first?.key).at(-1) ?? null,
      parts: [],
      plots: [],
      version: services.version,
    }),
  };
}

const NOTHING: Interval = { mean: NaN, low: NaN, high: NaN };

async function found({ models }: Services, question: string | ModelQuestion): Promise<AskedModel> {
  const { id, name, plain }: Partial<ModelQuestion> & Pick<ModelQuestion, 'id'> =
    typeof question === 'string' ? { id: question } : question;
  const info: ModelInfo = await models.find(id).catch((cause: unknown) => {
    throw new Error(`Unknown model "${id}".`, { cause });
  });
  const asked = { id: info.id, name: name ?? info.name, origin: info.origin, hash: info.hash };
  return plain ? { ...asked, plain } : asked;
}

const isAsked =
  ({ id, plain }: Pick<AskedModel, 'id' | 'plain'>) =>
  (model: { readonly modelId: string | null; readonly plain?: true }): boolean =>
    model.modelId === id && model.plain === plain;

/** Whether two values are the same as data, whatever the order of their fields. */
const isSame = (a: unknown, b: unknown): boolean => ordered(a) === ordered(b);
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const reason = (failure: unknown): string => `It did not finish: ${JSON.stringify(failure)}`;
