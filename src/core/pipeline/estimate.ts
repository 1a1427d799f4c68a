/** What each stage of a run has cost and what it will cost, at the run's own speed and yield. */
import type { PipelineStage, RunProgress } from '../run';

/** The cost of a stage so far, and what is left. */
export interface StageEstimate {
  readonly calls: number;
  /** Wall seconds: calls overlap, so the model's busy time is divided by the seconds of the stages' calls. */
  readonly seconds: number;
  /** Wall seconds left; null while too little is known. */
  readonly left: number | null;
}

/** Accepted instructions from which a yield is estimated. */
const ENOUGH_KEPT = 3;

/** Cost of each stage up to the target, at the run's own speed and yield. */
export function estimateStages(
  progress: RunProgress,
  target: number,
): Readonly<Record<PipelineStage, StageEstimate>> {
  const { stages, modelSeconds, kept, identified, completed } = progress;
  const callSeconds = Object.values(stages).reduce((sum, stage) => sum + stage.callSeconds, 0);
  const estimate = (stage: PipelineStage, callsLeft: number | null): StageEstimate => {
    const { calls, callSeconds: own } = stages[stage];
    const seconds = callSeconds > 0 ? (modelSeconds * own) / callSeconds : 0;
    if (progress.finished || callsLeft === 0) return { calls, seconds, left: 0 };
    return { calls, seconds, left: callsLeft === null || calls === 0 ? null : (seconds / calls) * callsLeft };
  };
  const goal = Math.max(target, kept);
  const keptPerCall = kept >= ENOUGH_KEPT ? kept / stages.instructions.calls : null;
  return {
    instructions: estimate('instructions', keptPerCall === null ? null : (goal - kept) / keptPerCall),
    classification: estimate('classification', goal - identified),
    instances: estimate('instances', goal - completed),
  };
}

/**
 * Seconds to the end of the run as a range: one standard error of the number kept around the estimate.
 * Null while a stage cannot be estimated.
 */
export function secondsLeft(
  progress: RunProgress,
  target: number,
): { readonly low: number; readonly high: number } | null {
  let total = 0;
  for (const { left } of Object.values(estimateStages(progress, target))) {
    if (left === null) return null;
    total += left;
  }
  const spread = 1 / Math.sqrt(progress.kept);
  return { low: total / (1 + spread), high: total * (1 + spread) };
}
