/** A run's own tasks that a training did not see: the held-out share of the Finetune screen, found by the same split. */
import { isChosen, trainingSplit } from '../dataset/examples';
import { rowsOf } from '../dataset/rows';
import { labelOf } from '../ids';
import type { Task } from '../task';
import type { TrainingData } from '../training/training';
import type { EvaluationTask } from './evaluation';
import { MAX_TASKS } from './task-file';

/** Which tasks of a run its finetuning did not see. */
export interface HeldOutChoice extends Pick<TrainingData, 'source' | 'heldOutShare'> {
  /** The training's seed. */
  readonly seed: number;
}

/**
 * Outputs of one instruction and input are its references.
 * @param scan reads the tasks of the run from the start
 * @param breathe called between tasks, so that the browser stays responsive
 */
export async function heldOutTasks(
  scan: () => AsyncIterable<readonly Task[]>,
  choice: HeldOutChoice,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly EvaluationTask[]> {
  const split = await trainingSplit(scan(), choice, breathe);
  const byQuestion = new Map<string, EvaluationTask>();
  for await (const page of scan()) {
    for (const task of page) {
      if (!isChosen(task, choice.source) || split.sideOf(task.instruction) === 'train') continue;
      for (const [i, { instruction, input, output, isClassification }] of rowsOf(task).entries()) {
        const key = JSON.stringify([instruction, input]);
        const known = byQuestion.get(key);
        if (!known && byQuestion.size === MAX_TASKS) continue;
        const references = [...(known?.references ?? []), output];
        const id = known?.id ?? `${labelOf(task.id)}-${i}`;
        byQuestion.set(key, { id, instruction, input, references, isClassification });
      }
      await breathe();
    }
  }
  return [...byQuestion.values()];
}
