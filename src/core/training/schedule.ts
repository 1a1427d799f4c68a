/** The learning rate over the steps of a training: a linear warm-up, then a cosine down to a tenth of the peak. */
import type { TrainingConfig } from './training';

const LAST_SHARE = 0.1;

/**
 * @param step counts from 1
 * @param steps of the whole plan
 */
export function learningRateAt(
  { learningRate, warmupShare }: Pick<TrainingConfig, 'learningRate' | 'warmupShare'>,
  step: number,
  steps: number,
): number {
  const warmup = Math.ceil(warmupShare * steps);
  if (step <= warmup) return (learningRate * step) / warmup;
  const done = (step - warmup) / Math.max(steps - warmup, 1);
  return learningRate * (LAST_SHARE + ((1 - LAST_SHARE) * (1 + Math.cos(Math.PI * done))) / 2);
}
