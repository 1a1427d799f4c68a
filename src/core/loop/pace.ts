/** How long the stages of a loop will take, from a probe of some seconds on this device and from earlier runs on it. */
import { ENOUGH_KEPT, type ModelSpeed, tokensPerKept } from '../models/speed';
import type { StageKind } from '../plan/plan';
import type { RunProgress } from '../run';

/** What was measured on this device. */
export interface LoopPace {
  /** For one accepted instruction with its instances. */
  readonly secondsPerKept: number;
  /** Of a finetuning on seed tasks: generated tasks may be longer or shorter. */
  readonly secondsPerStep: number;
  /** Of held-out tasks, as many at once as the model takes. */
  readonly secondsPerAnswer: number;
}
/** How much there is to do. */
export interface LoopSize {
  /** Instructions to accept. */
  readonly target: number;
  /** Steps of each finetuning. */
  readonly steps: number;
  readonly finetunings: number;
  /** Tasks that each model is asked. */
  readonly tasks: number;
  readonly models: number;
}
/** What of the choices for a loop says how much there is to do. */
export interface LoopExtent extends Pick<LoopSize, 'target' | 'steps' | 'tasks'> {
  /** A chat model is asked as plain text and by its template. */
  readonly isChat: boolean;
  /** Whether the model is also finetuned on the seed tasks alone, for as many steps. */
  readonly seedsAlone: boolean;
}
export function loopSize({ target, steps, tasks, isChat, seedsAlone }: LoopExtent): LoopSize {
  const finetunings = seedsAlone ? 2 : 1;
  return { target, steps, tasks, finetunings, models: (isChat ? 2 : 1) + finetunings };
}
/** Of all stages of a kind together. */
export type LoopSeconds = Readonly<Record<StageKind, number>>;

/** Of the newest run with enough of them; null without one. @param runs of the same model on this device, newest first */
export function secondsPerKept(runs: readonly RunProgress[]): number | null {
  const known = runs.find(({ kept, seconds }) => kept >= ENOUGH_KEPT && seconds > 0);
  return known ? known.seconds / known.kept : null;
}

/** By a short test of writing, for a model that has no run here. @param runs of any model, newest first */
export const secondsByTest = ({ tokensPerSecond }: ModelSpeed, runs: readonly RunProgress[]): number =>
  tokensPerKept(runs) / tokensPerSecond;

export const loopSeconds = (
  { secondsPerKept: each, secondsPerStep, secondsPerAnswer }: LoopPace,
  { target, steps, finetunings, tasks, models }: LoopSize,
): LoopSeconds => ({
  generate: target * each,
  finetune: finetunings * steps * secondsPerStep,
  evaluate: models * tasks * secondsPerAnswer,
});

export const totalSeconds = ({ generate, finetune, evaluate }: LoopSeconds): number =>
  generate + finetune + evaluate;
