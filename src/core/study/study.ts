/**
 * The study of data size (paper, section 4.5): one model finetuned on the seed tasks alone and with growing shares of the
 * generated tasks, all for equally many steps, then asked the same held-out tasks. A study is a plan; its stages are put
 * together and read back here.
 */
import type { EvaluationConfig } from '../evaluation/evaluation';
import type { ModelFigures } from '../evaluation/figures';
import type { Interval } from '../evaluation/resampling';
import {
  beforeAndAfter,
  type EvaluateWork,
  type FinetuneWork,
  madeBy,
  type NewPlan,
  type NewStage,
  type PlanRecord,
  type PlanStage,
  WHOLE_RUN,
} from '../plan/plan';
import type { TrainingConfig, TrainingRecord } from '../training/training';

/** Shares of the generated tasks; 0: the seed tasks alone. A smaller share is part of a larger one. */
export const SHARES: readonly number[] = [0, 0.25, 0.5, 1];

/** What a person chooses for a study. */
export interface StudyChoices {
  readonly runId: string;
  readonly baseId: string;
  /** A chat model is asked as plain text and by its template. */
  readonly isChat: boolean;
  readonly shares: readonly number[];
  /** Says how many steps; the same for all points. */
  readonly config: TrainingConfig & { readonly steps: number };
  readonly set: EvaluateWork['set'];
  readonly evaluation: EvaluationConfig;
}
/** What plan and records are called. */
export interface StudyNames {
  readonly study: string;
  readonly evaluation: string;
  readonly model: (share: number) => string;
}
/** One point of the curve. */
export interface StudyPoint {
  readonly share: number;
  /** Examples that were trained on; null before. */
  readonly examples: number | null;
  /** Of the evaluation; null before it was asked. */
  readonly modelKey: string | null;
  /** Points of 100; null without answers. */
  readonly rougeL: Interval | null;
}

const EVALUATION = 'evaluation';
const keyOf = (share: number): string => `share-${share}`;

/** @param promised seconds that a probe promised for one finetuning; null without one */
export function studyPlan(
  { runId, baseId, isChat, shares, config, set, evaluation }: StudyChoices,
  names: StudyNames,
  promised: number | null,
  createdAt: number,
): NewPlan {
  const sorted = [...new Set(shares)].sort((a, b) => a - b);
  const finetune = (share: number): FinetuneWork => ({
    kind: 'finetune',
    name: names.model(share),
    baseId,
    run: { id: runId },
    data: {
      source: share === 0 ? 'seeds' : 'run-and-seeds',
      ...WHOLE_RUN,
      ...(share > 0 && share < 1 ? { machineShare: share } : {}),
    },
    config,
  });
  const trained: NewStage[] = sorted.map((share) => ({ key: keyOf(share), promised, work: finetune(share) }));
  const keys = trained.map(({ key }) => key);
  const models = beforeAndAfter(baseId, isChat, keys);
  const work: EvaluateWork = { kind: 'evaluate', name: names.evaluation, models, set, config: evaluation };
  const stages = [...trained, { key: EVALUATION, promised: null, work }];
  return { kind: 'study', name: names.study, createdAt, stages };
}

/** Id of the evaluation of a study; null before it began. */
export const evaluationOf = (study: PlanRecord): string | null => madeBy(study, EVALUATION);

const shareOf = ({ source, machineShare = 1 }: FinetuneWork['data']): number =>
  source === 'seeds' ? 0 : machineShare;

/** The points of a study, by share, as far as it is. @param models figures of its evaluation, as far as there are any */
export function studyPoints(
  { stages }: PlanRecord,
  trainings: readonly TrainingRecord[],
  models: readonly ModelFigures[],
): readonly StudyPoint[] {
  return stages.flatMap((stage: PlanStage): StudyPoint[] => {
    if (stage.work.kind !== 'finetune') return [];
    const training = trainings.find(({ id }) => id === stage.made);
    const modelId = training?.modelId ?? null;
    const figures = modelId === null ? undefined : models.find(({ model }) => model.modelId === modelId);
    return [
      {
        share: shareOf(stage.work.data),
        examples: training?.counts.training ?? null,
        modelKey: figures?.model.key ?? null,
        rougeL: figures?.rougeL ?? null,
      },
    ];
  });
}
