/** What was typed into the form of a task and not saved: under which key it is kept, and the form made of it again. */
import { type Content, contentOf, saysSame } from '../../core/review/task-edits';
import type { RunId, Task, TaskId } from '../../core/task';
import { type Draft, draftOf } from './task-edit';

/** Plain data, so that it can be stored. */
export interface KeptText {
  readonly draft: Draft;
  /** What the task said when the text was typed. */
  readonly from: Content;
}

const PREFIX = 'task:';
export const draftKeyOf = (id: TaskId): string => `${PREFIX}${id}`;
/** The task of this run that a text was kept for; null when it is of another run or form. */
export const draftTask = (key: string, run: RunId): TaskId | null =>
  key.startsWith(`${PREFIX}${run}-`) ? (key.slice(PREFIX.length) as TaskId) : null;

/**
 * The form with the kept text. What the machine has written since, or has no place in the task, is as in the task.
 * @returns also whether the task says something else by now
 */
export function keptText(
  { draft, from }: KeptText,
  task: Task,
): { readonly draft: Draft; readonly stale: boolean } {
  const now = draftOf(task);
  const instances = draft.instances?.map(({ input, output }) => ({ input, output })) ?? now.instances;
  return {
    draft: {
      instruction: draft.instruction,
      isClassification:
        now.isClassification === null ? null : (draft.isClassification ?? now.isClassification),
      instances: now.instances === null ? null : instances,
    },
    stale: !saysSame(from, contentOf(task)),
  };
}
