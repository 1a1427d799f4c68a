/**
 * The whole loop as a plan (docs/ALGORITHM.md): a model writes tasks from seed tasks, is finetuned on them, and answers
 * held-out tasks before and after. The plan is put together and read back here; its stages are those of `core/plan`.
 */
import type { EvaluationConfig } from '../evaluation/evaluation';
import { type EvaluateWork, madeBy, type NewPlan, type NewStage, type PlanRecord } from '../plan/plan';
import type { RunConfig } from '../run';
import type { TrainingConfig } from '../training/training';

/** What a user chooses for a loop. */
export interface LoopChoices {
  /** It writes the tasks, is finetuned on them, and answers before and after. */
  readonly modelId: string;
  /** A chat model is asked as plain text and by its template. */
  readonly isChat: boolean;
  readonly seedSetId: string;
  readonly run: RunConfig;
  /** Says how many steps. */
  readonly training: TrainingConfig & { readonly steps: number };
  readonly set: EvaluateWork['set'];
  readonly evaluation: EvaluationConfig;
}
/** What plan and records are called. */
export interface LoopNames {
  readonly loop: string;
  readonly evaluation: string;
  readonly after: string;
}
/** The records of a loop, as far as they are made. */
export interface LoopRecords {
  readonly run: string | null;
  readonly after: string | null;
  readonly evaluation: string | null;
}

const GENERATE = 'generate';
const AFTER = 'after';
const EVALUATE = 'evaluate';

export function loopPlan(
  { modelId, isChat, seedSetId, run, training, set, evaluation }: LoopChoices,
  names: LoopNames,
  createdAt: number,
): NewPlan {
  const base = { id: modelId };
  const models: EvaluateWork['models'] = [
    ...(isChat ? [{ ...base, plain: true } as const, base] : [base]),
    { stage: AFTER },
  ];
  const stages: readonly NewStage[] = [
    { key: GENERATE, promised: null, work: { kind: 'generate', modelId, config: run, seedSetId } },
    {
      key: AFTER,
      promised: null,
      work: {
        kind: 'finetune',
        name: names.after,
        baseId: modelId,
        run: { stage: GENERATE },
        // Nothing is held out: it is judged by tasks that are in no run.
        data: { source: 'run-and-seeds', heldOutShare: 0, limit: null },
        config: training,
      },
    },
    {
      key: EVALUATE,
      promised: null,
      work: { kind: 'evaluate', name: names.evaluation, models, set, config: evaluation },
    },
  ];
  return { kind: 'loop', name: names.loop, createdAt, stages };
}

export const loopRecords = (loop: PlanRecord): LoopRecords => ({
  run: madeBy(loop, GENERATE),
  after: madeBy(loop, AFTER),
  evaluation: madeBy(loop, EVALUATE),
});
