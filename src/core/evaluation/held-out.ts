/** A run's own tasks as questions: those that a training did not see, found by the split of the Finetune screen, or all. */
import { isChosen, trainingSplit } from '../dataset/examples';
import { questionKey, rowsOf } from '../dataset/rows';
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
  return questions(
    scan,
    (task) => isChosen(task, choice.source) && split.sideOf(task.instruction) !== 'train',
    breathe,
  );
}

/** All machine tasks of a run. @param scan as for `heldOutTasks` */
export const machineQuestions = (
  scan: () => AsyncIterable<readonly Task[]>,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly EvaluationTask[]> => questions(scan, (task) => isChosen(task, 'run'), breathe);

async function questions(
  scan: () => AsyncIterable<readonly Task[]>,
  isAsked: (task: Task) => boolean,
  breathe: () => Promise<void>,
): Promise<readonly EvaluationTask[]> {
  const byQuestion = new Map<string, EvaluationTask>();
  for await (const page of scan()) {
    for (const task of page) {
      if (!isAsked(task)) continue;
      for (const [i, { instruction, input, output, isClassification }] of rowsOf(task).entries()) {
        const key = questionKey({ instruction, input });
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
