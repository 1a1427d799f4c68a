/**
 * The whole loop as a plan (docs/ALGORITHM.md): a model writes tasks from seed tasks, is finetuned on them, and answers
 * held-out tasks before and after. The plan is put together and read back here; its stages are those of `core/plan`.
 */
import type { EvaluationConfig } from '../evaluation/evaluation';
import {
  beforeAndAfter,
  type FinetuneWork,
  madeBy,
  type NewPlan,
  type NewStage,
  type PlanRecord,
  WHOLE_RUN,
} from '../plan/plan';
import type { RunConfig } from '../run';
import type { TrainingConfig, TrainingData } from '../training/training';
import { type LoopExtent, type LoopPace, loopSeconds, loopSize } from './pace';

/** What a user chooses for a loop. */
export interface LoopChoices extends LoopExtent {
  /** It writes the tasks, is finetuned on them, and answers before and after. */
  readonly modelId: string;
  readonly seedSetId: string;
  /** For its target, the seed and the rest of a run's settings. */
  readonly run: RunConfig;
  readonly training: TrainingConfig;
  /** A held-out set that ships with the app. */
  readonly setId: string;
  readonly evaluation: EvaluationConfig;
}
/** What plan and records are called. */
export interface LoopNames {
  readonly loop: string;
  readonly evaluation: string;
  readonly after: string;
  readonly seedsAlone: string;
}
/** The records of a loop, as far as they are made. */
export interface LoopRecords {
  readonly run: string | null;
  readonly after: string | null;
  /** Also null where it was not asked for. */
  readonly seedsAlone: string | null;
  readonly evaluation: string | null;
}

const GENERATE = 'generate';
const AFTER = 'after';
const SEEDS_ALONE = 'seeds';
const EVALUATE = 'evaluate';

/** @param pace of this device; null where nothing was measured: then no stage is promised a time */
export function loopPlan(
  choices: LoopChoices,
  names: LoopNames,
  pace: LoopPace | null,
  createdAt: number,
): NewPlan {
  const { modelId, isChat, seedsAlone, seedSetId, run, training, steps, setId, tasks, evaluation } = choices;
  const size = loopSize(choices);
  const promised = pace && loopSeconds(pace, size);
  const finetune = (key: string, name: string, source: TrainingData['source']): NewStage => {
    const work: FinetuneWork = {
      kind: 'finetune',
      name,
      baseId: modelId,
      run: { stage: GENERATE },
      data: { source, ...WHOLE_RUN },
      // Equally many for both: with unequal steps, more data would only mean more training.
      config: { ...training, steps },
    };
    return { key, promised: promised && promised.finetune / size.finetunings, work };
  };
  const finetunings = [
    ...(seedsAlone ? [finetune(SEEDS_ALONE, names.seedsAlone, 'seeds')] : []),
    finetune(AFTER, names.after, 'run-and-seeds'),
  ];
  const keys = finetunings.map(({ key }) => key);
  const models = beforeAndAfter(modelId, isChat, keys);
  const set = { id: setId, limit: tasks };
  const stages: readonly NewStage[] = [
    {
      key: GENERATE,
      promised: promised && promised.generate,
      work: { kind: 'generate', modelId, config: run, seedSetId },
    },
    ...finetunings,
    {
      key: EVALUATE,
      promised: promised && promised.evaluate,
      work: { kind: 'evaluate', name: names.evaluation, models, set, config: evaluation },
    },
  ];
  return { kind: 'loop', name: names.loop, createdAt, stages };
}

export const loopRecords = (loop: PlanRecord): LoopRecords => ({
  run: madeBy(loop, GENERATE),
  after: madeBy(loop, AFTER),
  seedsAlone: madeBy(loop, SEEDS_ALONE),
  evaluation: madeBy(loop, EVALUATE),
});

/** How many models the evaluation of a loop was made with. */
export const loopModels = ({ stages }: Pick<PlanRecord, 'stages'>): number =>
  stages.reduce((models, { work }) => (work.kind === 'evaluate' ? work.models.length : models), 0);
