/** In words: the stage that a plan is in, how far that is, how fast it goes, and how long the whole will take. */
import type { PlanProgress } from '../../core/plan/plan-progress';
import { WORDS } from './words';

/** @param active whether it is worked on: only then it has a rate and an end */
export function planState(
  { number, plan, stage: { work }, ofStage, secondsLeft }: PlanProgress,
  active: boolean,
): string {
  const parts = [WORDS.stage(number, plan.stages.length, WORDS.name(work))];
  if (ofStage) parts.push(WORDS.part(work.kind, ofStage));
  if (active && ofStage?.rate) parts.push(WORDS.rate(work.kind, ofStage.rate));
  if (active && secondsLeft !== null) parts.push(WORDS.left(secondsLeft));
  return parts.join(', ');
}
