/** How far a plan is, all stages as one. */
import { nextStage, type PlanRecord, type PlanStage } from './plan';

/** How far the stage is that is worked on. */
export interface StageProgress {
  /** In what the stage makes: accepted instructions, steps, answers. */
  readonly done: number;
  readonly total: number;
  /** Done per second of late; null before it is known. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
}
export interface PlanProgress {
  readonly plan: PlanRecord;
  readonly stage: PlanStage;
  /** Place of the stage, from 1. */
  readonly number: number;
  /** Null while the stage is being prepared. */
  readonly ofStage: StageProgress | null;
  /** Of the whole plan, 0 to 1: stages count as long as they were promised to take. */
  readonly share: number;
  /** Of the whole plan; null when a stage to come was promised no time. */
  readonly secondsLeft: number | null;
}

/** Null when all stages are finished. */
export function planProgress(plan: PlanRecord, ofStage: StageProgress | null): PlanProgress | null {
  const stage = nextStage(plan);
  if (!stage) return null;
  const { stages } = plan;
  const at = stages.indexOf(stage);
  const promises = stages.flatMap(({ promised }) => promised ?? []);
  // What was promised no time counts as the others do on average.
  const usual = promises.length > 0 ? promises.reduce((sum, one) => sum + one, 0) / promises.length : 1;
  const weights = stages.map(({ promised }) => Math.max(promised ?? usual, Number.EPSILON));
  const sum = (some: readonly number[]): number => some.reduce((total, one) => total + one, 0);
  const part = ofStage && ofStage.total > 0 ? Math.min(1, ofStage.done / ofStage.total) : 0;
  const now = ofStage?.secondsLeft ?? (stage.promised === null ? null : stage.promised * (1 - part));
  const later = stages.slice(at + 1).map(({ promised }) => promised);
  return {
    plan,
    stage,
    number: at + 1,
    ofStage,
    share: (sum(weights.slice(0, at)) + part * (weights[at] ?? 0)) / sum(weights),
    secondsLeft: later.reduce((left, one) => (left === null || one === null ? null : left + one), now),
  };
}
