/** The second half of the loop for scripts (`npm run loop`): finetune on a run, then evaluate before and after. */
import type { PairFigures } from '../core/evaluation/figures';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { BUILT_IN } from '../core/models/stored-model';
import type { RunId } from '../core/task';
import { defaultConfig } from '../core/training/defaults';
import type { TrainingConfig, TrainingData, TrainingRecord } from '../core/training/training';
import { evaluationReport } from '../export/evaluation-report';
import { EvaluationResults } from '../app/evaluation/evaluation-results.svelte';
import { EvaluationSession } from '../app/evaluation/evaluation-session.svelte';
import { loadSet } from '../app/evaluation/evaluation-sets';
import type { Services } from '../app/services';
import { TrainingSession } from '../app/training/training-session.svelte';

export interface FinetuneOptions {
  readonly runId: RunId;
  readonly source: TrainingData['source'];
  readonly name: string;
  readonly seed: number;
  /** At most so many examples. */
  readonly limit?: number;
  /** Other values than those that the Finetune screen begins with. */
  readonly values?: Partial<TrainingConfig>;
}
export interface EvaluateOptions {
  /** In the order of the result; the first is the one that the others are compared with. */
  readonly models: readonly string[];
  /** Id of a held-out set that ships with the app. */
  readonly set: string;
  readonly limit: number | null;
  readonly seed: number;
}
export interface LoopEvaluation {
  readonly tasks: number;
  readonly models: readonly { readonly id: string | null; readonly name: string; readonly rougeL: number }[];
  /** Each later model minus the first, ROUGE-L x100. */
  readonly gains: readonly Pick<PairFigures['test'], 'difference' | 'low' | 'high' | 'signFlipP'>[];
  /** Markdown. */
  readonly report: string;
}

/**
 * Finetunes the built-in model with the values that the Finetune screen begins with; nothing is held out, because it is
 * judged by tasks that are in no run.
 */
export async function finetune(
  services: Services,
  { runId, source, name, seed, limit, values = {} }: FinetuneOptions,
  onStep: (step: number, steps: number) => void,
): Promise<TrainingRecord> {
  return train(services, onStep, (session) =>
    session.start({
      name,
      baseId: BUILT_IN,
      data: { source, runId, name, heldOutShare: 0, limit: limit ?? null },
      config: { ...defaultConfig(BUILT_IN, 'full'), seed, sampleEvery: 0, ...values },
    }),
  );
}

/** Resumes the newest finetuning at its last checkpoint; null when none is unfinished. */
export async function resumeFinetuning(
  services: Services,
  onStep: (step: number, steps: number) => void,
): Promise<TrainingRecord | null> {
  const open = (await services.trainings.list()).find(({ status }) => status !== 'finished');
  return open ? train(services, onStep, (session) => session.resume(open.id)) : null;
}

async function train(
  services: Services,
  onStep: (step: number, steps: number) => void,
  work: (session: TrainingSession) => Promise<void>,
): Promise<TrainingRecord> {
  const session = new TrainingSession(services);
  const ticking = setInterval(() => {
    if (session.figures && session.record) onStep(session.figures.step, session.record.steps);
  }, 1_000);
  try {
    await work(session);
  } finally {
    clearInterval(ticking);
  }
  if (session.status !== 'finished' || !session.record) throw new Error(reason(session.failure));
  return session.record;
}

/** Resumes the newest evaluation; false when every model of it has answered, or there is none. */
export async function resumeEvaluation(services: Services): Promise<boolean> {
  const [newest] = await services.evaluations.list();
  if (!newest || newest.models.every(({ finished }) => finished)) return false;
  const session = new EvaluationSession(services);
  await session.resume(newest.id);
  if (session.status !== 'finished') throw new Error(reason(session.failure));
  return true;
}

/** Asks all models and compares them. Scores are ROUGE-L F1 of whole words, best over references. */
export async function evaluate(
  services: Services,
  { models, set: setId, limit, seed }: EvaluateOptions,
  onAnswer: (done: number, total: number) => void,
): Promise<LoopEvaluation> {
  const session = new EvaluationSession(services);
  const choice = { kind: 'shipped', id: setId } as const;
  const set = await loadSet(services, choice, limit, seed, new AbortController().signal);
  const infos = await Promise.all(
    models.map((id) =>
      services.models.find(id).catch((cause: unknown) => {
        throw new Error(`Unknown model "${id}".`, { cause });
      }),
    ),
  );
  const ticking = setInterval(() => onAnswer(session.progress.done, session.progress.total), 1_000);
  try {
    await session.start({ name: 'Before and after', set, config: builtInEvaluation(seed), models: infos });
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
  const gains = figures.pairs.filter((pair) => pair.first === first?.key);
  return {
    tasks: tasks.length,
    models: figures.models.map(({ model, rougeL }) => ({
      id: model.modelId,
      name: model.name,
      rougeL: rougeL?.mean ?? NaN,
    })),
    gains: gains.map(({ test: { difference, low, high, signFlipP } }) => ({
      difference,
      low,
      high,
      signFlipP,
    })),
    report: evaluationReport({
      record,
      tasks,
      figures,
      scoring: { stem, tokens },
      pair: gains.at(-1) ?? null,
      parts: [],
      plots: [],
      version: services.version,
    }),
  };
}

const reason = (failure: unknown): string => `It did not finish: ${JSON.stringify(failure)}`;
