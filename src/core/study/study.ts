/**
 * The study of data size and quality (paper, section 4.5): one model finetuned on the seed tasks alone and with growing
 * shares of the generated tasks, all for equally many steps, then asked the same held-out tasks. The generated tasks are
 * those of a run; beside them, where it is wished, those of a run without filters, and those of the run with outputs by
 * another model. A study is a plan; its stages are put together and read back here.
 */
import type { EvaluationConfig } from '../evaluation/evaluation';
import type { ModelFigures } from '../evaluation/figures';
import type { Interval } from '../evaluation/resampling';
import {
  beforeAndAfter,
  type EvaluateWork,
  type FinetuneWork,
  type GenerateWork,
  madeBy,
  type NewPlan,
  type NewStage,
  type PlanRecord,
  type PlanRef,
  type PlanStage,
  WHOLE_RUN,
} from '../plan/plan';
import type { TrainingConfig, TrainingRecord } from '../training/training';

/** Shares of the generated tasks; 0: the seed tasks alone. A smaller share is part of a larger one. */
export const SHARES: readonly number[] = [0, 0.25, 0.5, 1];

/** Which generated tasks: those of the run, those of a run without filters, or the run's with another model's outputs. */
export const STUDY_DATA = ['run', 'unfiltered', 'answered'] as const;
export type StudyData = (typeof STUDY_DATA)[number];

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
  /** A run like the studied one without its filters; missing: none. */
  readonly unfiltered?: StudyWork<GenerateWork>;
  /** Another model that writes the outputs; missing: none. */
  readonly answered?: StudyWork<Pick<EvaluateWork, 'config'>> & { readonly modelId: string };
}
/** Work that some data need first. */
type StudyWork<Work> = Omit<Work, 'kind'> & {
  /** Seconds that it will take; null where they are not known. */
  readonly promised: number | null;
};
/** What plan and records are called. */
export interface StudyNames {
  readonly study: string;
  readonly evaluation: string;
  readonly model: (share: number, data: StudyData) => string;
  /** Of the evaluation in which the other model answers. */
  readonly answers: string;
}
/** One point of the curve. */
export interface StudyPoint {
  readonly data: StudyData;
  readonly share: number;
  /** Examples that were trained on; null before. */
  readonly examples: number | null;
  /** Of the evaluation; null before it was asked. */
  readonly modelKey: string | null;
  /** Points of 100; null without answers. */
  readonly rougeL: Interval | null;
}

const EVALUATION = 'evaluation';
const UNFILTERED = 'unfiltered';
const ANSWERS = 'answers';
const keyOf = (share: number, data: StudyData): string =>
  data === 'run' ? `share-${share}` : `${data}-${share}`;

/** @param promised seconds that a probe promised for one finetuning; null without one */
export function studyPlan(
  choices: StudyChoices,
  names: StudyNames,
  promised: number | null,
  createdAt: number,
): NewPlan {
  const { runId, baseId, isChat, config, set, evaluation, unfiltered, answered } = choices;
  const run: PlanRef = { id: runId };
  const work = ({ share, data }: Pick<StudyPoint, 'share' | 'data'>): FinetuneWork => ({
    kind: 'finetune',
    name: names.model(share, data),
    baseId,
    run: data === 'unfiltered' ? { stage: UNFILTERED } : run,
    data: {
      source: share === 0 ? 'seeds' : 'run-and-seeds',
      ...WHOLE_RUN,
      ...(share > 0 && share < 1 ? { machineShare: share } : {}),
    },
    ...(data === 'answered' ? { answers: { stage: ANSWERS } } : {}),
    config,
  });
  const first: NewStage[] = [];
  if (unfiltered) {
    const { promised: seconds, ...rest } = unfiltered;
    first.push({ key: UNFILTERED, promised: seconds, work: { kind: 'generate', ...rest } });
  }
  if (answered) {
    const { promised: seconds, modelId, config: asked } = answered;
    const models = [{ id: modelId }];
    const answering = { kind: 'evaluate', name: names.answers, models, set: { run }, config: asked } as const;
    first.push({ key: ANSWERS, promised: seconds, work: answering });
  }
  const trained = studySize(choices).map((point): NewStage => ({
    key: keyOf(point.share, point.data),
    promised,
    work: work(point),
  }));
  const keys = trained.map(({ key }) => key);
  const models = beforeAndAfter(baseId, isChat, keys);
  const asking: EvaluateWork = { kind: 'evaluate', name: names.evaluation, models, set, config: evaluation };
  const stages = [...first, ...trained, { key: EVALUATION, promised: null, work: asking }];
  return { kind: 'study', name: names.study, createdAt, stages };
}

/** The finetunings of a study. The seed tasks alone are the same for all data. */
export function studySize({
  shares,
  unfiltered,
  answered,
}: Pick<StudyChoices, 'shares' | 'unfiltered' | 'answered'>): readonly Pick<StudyPoint, 'share' | 'data'>[] {
  const sorted = [...new Set(shares)].sort((a, b) => a - b);
  const others = STUDY_DATA.filter(
    (data) => (data === 'unfiltered' && unfiltered) || (data === 'answered' && answered),
  );
  return [
    ...sorted.map((share) => ({ share, data: 'run' as const })),
    ...others.flatMap((data) => sorted.flatMap((share) => (share > 0 ? [{ share, data }] : []))),
  ];
}

/** Id of the evaluation of a study; null before it began. */
export const evaluationOf = (study: PlanRecord): string | null => madeBy(study, EVALUATION);

const shareOf = ({ source, machineShare = 1 }: FinetuneWork['data']): number =>
  source === 'seeds' ? 0 : machineShare;
function dataOf({ run, answers }: FinetuneWork): StudyData {
  if (answers) return 'answered';
  return 'stage' in run ? 'unfiltered' : 'run';
}

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
        data: dataOf(stage.work),
        share: shareOf(stage.work.data),
        examples: training?.counts.training ?? null,
        modelKey: figures?.model.key ?? null,
        rougeL: figures?.rougeL ?? null,
      },
    ];
  });
}
