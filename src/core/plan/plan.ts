/**
 * A plan: stages of work that are done one after the other, unattended, and go on where they stopped after a kill. Each
 * stage makes one record (a run, a finetuning, an evaluation), whose id is written into the plan by the transaction that
 * makes it: at every moment a stage has made its record or not, and none is made twice. What is inside of a stage goes on
 * by the record's own rules. `PlanSession` (app/plan) works through a plan; `PlanStore` keeps it.
 */
import type { EvaluatedModel, EvaluationConfig } from '../evaluation/evaluation';
import type { RunConfig } from '../run';
import type { TrainingConfig, TrainingData } from '../training/training';

/** What a plan is for: a screen shows its own. */
export type PlanKind = 'loop' | 'study';

/** A record that a stage works with: one that is stored already, or the one that an earlier stage makes. */
export type PlanRef = { readonly id: string } | { readonly stage: string };

/** A new run. */
export interface GenerateWork {
  readonly kind: 'generate';
  readonly modelId: string;
  readonly config: RunConfig;
  readonly seedSetId: string;
}
/** A model finetuned on a run, by the name that the result gets. */
export interface FinetuneWork {
  readonly kind: 'finetune';
  readonly name: string;
  readonly baseId: string;
  readonly run: PlanRef;
  readonly data: Pick<TrainingData, 'source' | 'heldOutShare' | 'limit' | 'machineShare'>;
  /** An evaluation of the run's own tasks whose first model's answers are the outputs. Missing: those of the run. */
  readonly answers?: PlanRef;
  readonly config: TrainingConfig;
}
/**
 * Tasks that are asked: a held-out set that ships with the app, of which at most so many are drawn by `config.seed` (null =
 * all), or all machine tasks of a run.
 */
export type AskedSet = { readonly id: string; readonly limit: number | null } | { readonly run: PlanRef };
/** Models that answer the same tasks. A stage stands for the model that it makes. */
export interface EvaluateWork {
  readonly kind: 'evaluate';
  readonly name: string;
  /** The first is the one that the others are compared with. */
  readonly models: readonly (PlanRef & Pick<EvaluatedModel, 'plain'>)[];
  readonly set: AskedSet;
  readonly config: EvaluationConfig;
}
export type StageWork = GenerateWork | FinetuneWork | EvaluateWork;
export type StageKind = StageWork['kind'];
/** The work of one kind. */
export type WorkOf<K extends StageKind> = Extract<StageWork, { kind: K }>;

export interface PlanStage {
  /** Unique in the plan. */
  readonly key: string;
  readonly work: StageWork;
  /** Id of the record that it made; null before. */
  readonly made: string | null;
  readonly finished: boolean;
  /** Seconds that a probe on this device promised; null without one. */
  readonly promised: number | null;
}
export interface PlanRecord {
  /** `p0001` */
  readonly id: string;
  readonly kind: PlanKind;
  readonly name: string;
  readonly createdAt: number;
  /** In the order of the work. */
  readonly stages: readonly PlanStage[];
}
/** A stage as it is planned. */
export type NewStage = Pick<PlanStage, 'key' | 'work' | 'promised'>;
/** A plan as it begins: the store gives it its id. */
export interface NewPlan extends Omit<PlanRecord, 'id' | 'stages'> {
  readonly stages: readonly NewStage[];
}
/** The stage that a record is made for. */
export interface PlanPlace {
  readonly planId: string;
  readonly stage: string;
}

/** Data of a finetuning that a plan judges: nothing is held out, since it is judged by tasks that are in no run. */
export const WHOLE_RUN = { heldOutShare: 0, limit: null } as const;

/**
 * The models of an evaluation that compares a base model with what is made of it.
 * @param isChat whether the base is asked as plain text and by its template
 * @param stages keys of the finetunings
 */
export const beforeAndAfter = (
  baseId: string,
  isChat: boolean,
  stages: readonly string[],
): EvaluateWork['models'] => [
  ...(isChat ? [{ id: baseId, plain: true } as const, { id: baseId }] : [{ id: baseId }]),
  ...stages.map((stage) => ({ stage })),
];

/** The plan as it begins, under its id. */
export const begun = ({ stages, ...plan }: NewPlan, id: string): PlanRecord => ({
  ...plan,
  id,
  stages: stages.map((stage) => ({ ...stage, made: null, finished: false })),
});

/** The plan with one stage changed. */
export const withStage = (
  plan: PlanRecord,
  key: string,
  change: (stage: PlanStage) => PlanStage,
): PlanRecord => ({
  ...plan,
  stages: plan.stages.map((stage) => (stage.key === key ? change(stage) : stage)),
});

/** The stage that is worked on now or next; undefined when all are finished. */
export const nextStage = ({ stages }: PlanRecord): PlanStage | undefined =>
  stages.find(({ finished }) => !finished);

/** Id of the record that the stage of this key made; null before, and for a plan without such a stage. */
export const madeBy = ({ stages }: Pick<PlanRecord, 'stages'>, key: string): string | null =>
  stages.find((stage) => stage.key === key)?.made ?? null;

/** Steps of every finetuning of a plan that compares them: all take equally many. */
export const stepsOf = ({ stages }: Pick<PlanRecord, 'stages'>): number =>
  stages.reduce(
    (most, { work }) => (work.kind === 'finetune' ? Math.max(most, work.config.steps ?? 0) : most),
    0,
  );

/** @throws Error when the plan has no such stage: it was put together wrong */
function stageOf({ stages }: PlanRecord, key: string): PlanStage {
  const found = stages.find((stage) => stage.key === key);
  if (!found) throw new Error(`The plan has no stage "${key}".`);
  return found;
}

/**
 * The id of the record that a stage works with.
 * @throws Error when it is that of a stage that has not made it yet: the stages are in the wrong order
 */
export function resolved(plan: PlanRecord, ref: PlanRef): string {
  if ('id' in ref) return ref.id;
  const { made } = stageOf(plan, ref.stage);
  if (made === null) throw new Error(`Stage "${ref.stage}" comes too late.`);
  return made;
}
