/** The steps of the method as a user takes them, and where a data set stands among them. */

/** Tasks are written, judged, learned from and shared. */
export type MethodStep = 'write' | 'judge' | 'learn' | 'share';

/** What was done with a run's tasks so far. */
export interface RunStanding {
  /** The run reached its target, or was imported whole. */
  readonly written: boolean;
  /** A task of it was rated. */
  readonly judged: boolean;
  /** A finetuning on it is finished. */
  readonly finetuned: boolean;
  /** A model that was finetuned on it answered held-out tasks. */
  readonly evaluated: boolean;
}
/** Null stands for no run at all. */
type Standing = RunStanding | null;

/** Whether nothing of a step is left that others wait for. Sharing is never done: a data set can be shared again. */
export function isDone(step: MethodStep, standing: Standing): boolean {
  switch (step) {
    case 'write':
      return standing?.written === true;
    case 'judge':
      return standing?.judged === true;
    case 'learn':
      return standing?.finetuned === true && standing.evaluated;
    case 'share':
      return false;
  }
}

/** The screen that comes next: the first one of an unfinished run, else the one after the last thing that was done. */
export function nextScreen(standing: Standing): 'generate' | 'review' | 'finetune' | 'evaluate' | 'export' {
  if (standing?.written !== true) return 'generate';
  if (standing.evaluated) return 'export';
  if (standing.finetuned) return 'evaluate';
  return standing.judged ? 'finetune' : 'review';
}
