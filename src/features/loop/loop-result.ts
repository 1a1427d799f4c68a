/** What a loop made, read from its records: for the screen and for the report alike. */
import type { RunSummary } from '../../core/ports';
import { type EvaluationRecord, type EvaluationTask, numberOf } from '../../core/evaluation/evaluation';
import type { EvaluationFigures, PairFigures } from '../../core/evaluation/figures';
import { pairOf } from '../../core/evaluation/figures';
import { loopModels, type LoopRecords } from '../../core/loop/loop';
import type { PlanRecord, StageKind } from '../../core/plan/plan';
import { deriveSeed, Random } from '../../core/random';
import type { RunId } from '../../core/task';
import type { TrainingRecord } from '../../core/training/training';
import type { Services } from '../../app/services';

/** Records of the run and the finetunings, as far as they are made. */
export interface LoopMade {
  readonly run: RunSummary | null;
  readonly after: TrainingRecord | null;
  readonly seedsAlone: TrainingRecord | null;
}
export const NOTHING_MADE: LoopMade = { run: null, after: null, seedsAlone: null };

/** Tasks whose answers are shown in full. */
const SHOWN = 5;

/** @throws AppError storage-unavailable */
export async function readMade(
  { store, trainings }: Pick<Services, 'store' | 'trainings'>,
  records: LoopRecords,
): Promise<LoopMade> {
  const [run, after, seedsAlone] = await Promise.all([
    records.run === null ? null : store.run(records.run as RunId),
    records.after === null ? null : trainings.get(records.after),
    records.seedsAlone === null ? null : trainings.get(records.seedsAlone),
  ]);
  return { run: run ?? null, after: after ?? null, seedsAlone: seedsAlone ?? null };
}

/** Wall seconds of all stages of a kind, as far as they are. Models that were added to the evaluation later do not count. */
export function secondsTaken(
  { run, after, seedsAlone }: LoopMade,
  plan: Pick<PlanRecord, 'stages'> | null,
  evaluation: Pick<EvaluationRecord, 'models'> | null,
): Readonly<Record<StageKind, number>> {
  const sum = (some: readonly { readonly seconds: number }[]): number =>
    some.reduce((all, { seconds }) => all + seconds, 0);
  const asked = plan ? loopModels(plan) : 0;
  return {
    generate: run?.progress.seconds ?? 0,
    finetune: sum([after, seedsAlone].filter((one) => one !== null)),
    evaluate: sum(evaluation?.models.filter(({ key }) => numberOf(key) <= asked) ?? []),
  };
}

/** Places of some tasks, drawn by the seed of the evaluation and by nothing that was answered; in the order of the set. */
export function drawnTasks(tasks: readonly EvaluationTask[], seed: number): readonly number[] {
  const random = new Random(deriveSeed(seed, 'answers side by side'));
  return random.sample([...tasks.keys()], SHOWN).sort((a, b) => a - b);
}

/** The model of the loop minus the first one that was asked; null before both have answered. */
export function change({ models, pairs }: EvaluationFigures, { after }: LoopMade): PairFigures | null {
  const made = after?.modelId ?? null;
  const [first, last] = [models[0], models.find(({ model }) => made !== null && model.modelId === made)];
  return first && last && first !== last ? pairOf(pairs, first.model.key, last.model.key) : null;
}
