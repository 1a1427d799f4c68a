/** Puts a seed task into the task pool of a run. */
import { seedId } from './ids';
import type { PoolSeed, RunId, SeedTask } from './task';

/** @param index of the seed in the run's seed set; its id in the pool derives from it */
export const poolSeed = (
  runId: RunId,
  index: number,
  { id: sourceId, name, instruction, isClassification, instances }: SeedTask,
): PoolSeed => ({
  origin: 'seed',
  id: seedId(runId, index),
  runId,
  sourceId,
  name,
  instruction,
  isClassification,
  instances,
});
