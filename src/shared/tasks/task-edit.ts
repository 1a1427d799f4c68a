/** A user's edit of a task: what the form holds, and the task that comes of it. */
import { type Content, contentOf, instancesOf, saysSame, withEditable } from '../../core/review/task-edits';
import type { MachineTask, Task } from '../../core/task';
import { WORDS } from './words';

/** A content for a form to write in. Null where the task's stage has none: the machine has to write it first. */
export interface Draft extends Content {
  instruction: string;
  isClassification: boolean | null;
  instances: { input: string; output: string }[] | null;
}

export function draftOf(task: Task): Draft {
  const content = contentOf(task);
  const instances = content.instances?.map(({ input, output }) => ({ input, output })) ?? null;
  return { ...content, instances };
}

/** What the machine wrote, as a draft for the task as it is now. */
export function originalDraft(task: MachineTask): Draft {
  const now = draftOf(task);
  const { original } = task.provenance;
  if (!original) return now;
  const type = now.isClassification === null ? null : (original.isClassification ?? now.isClassification);
  // It may have been edited before it had instances: those came later and are not the edit's.
  const keep = now.instances === null || typeof original.isClassification !== 'boolean';
  return {
    instruction: original.instruction,
    isClassification: type,
    instances: keep ? now.instances : original.instances.map(({ input, output }) => ({ input, output })),
  };
}

/** Whether a content says something else than the task. */
export const differs = (task: Task, content: Content): boolean => !saysSame(contentOf(task), content);

/** Why a draft cannot be saved; null when it can. */
export function draftProblem(draft: Content): string | null {
  if (draft.instruction.trim() === '') return WORDS.problem.instruction;
  const empty = draft.instances?.findIndex(({ output }) => output.trim() === '') ?? -1;
  return empty < 0 ? null : WORDS.problem.output(empty + 1);
}

/** The task with an edit in it. A machine task keeps what the machine wrote in `provenance.original`. */
export function withDraft(task: Task, draft: Content): Task {
  if (task.origin === 'seed') return withEditable(task, { content: draft, original: null });
  const original = task.provenance.original ?? { ...contentOf(task), instances: instancesOf(task) ?? [] };
  const same = saysSame(original, { ...draft, instances: draft.instances ?? [] });
  return withEditable(task, { content: draft, original: same ? null : original });
}
