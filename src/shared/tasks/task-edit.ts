/** A user's edit of a task: what the form holds, and the task that comes of it. */
import type { Instance, MachineTask, Provenance, Task } from '../../core/task';
import { WORDS } from './words';

/** What a task says, or what an edit makes it say. Null where the task's stage has none. */
interface Content {
  readonly instruction: string;
  readonly isClassification: boolean | null;
  readonly instances: readonly Instance[] | null;
}
const contentOf = (task: Task): Content => ({
  instruction: task.instruction,
  isClassification: typeOf(task),
  instances: instancesOf(task),
});

/** A content for a form to write in. Null where the task's stage has none: the machine has to write it first. */
export interface Draft extends Content {
  instruction: string;
  isClassification: boolean | null;
  instances: { input: string; output: string }[] | null;
}

/** Null while the type is not identified. */
export const typeOf = (task: Task): boolean | null =>
  task.origin === 'machine' && task.stage === 'instruction' ? null : task.isClassification;

/** Null while they are not written. */
export const instancesOf = (task: Task): readonly Instance[] | null =>
  task.origin === 'seed' || task.stage === 'complete' ? task.instances : null;

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

/** A content, or what the machine wrote: old records of that have no type. */
type Written = Omit<Content, 'isClassification'> & Partial<Pick<Content, 'isClassification'>>;
/** Field by field: this runs for tens of thousands of tasks in a row. */
function saysSame(a: Written, b: Written): boolean {
  if (a.instruction !== b.instruction || a.isClassification !== b.isClassification) return false;
  if (!a.instances || !b.instances) return a.instances === b.instances;
  const { instances } = b;
  return (
    a.instances.length === instances.length &&
    a.instances.every(
      ({ input, output }, i) => input === instances[i]?.input && output === instances[i].output,
    )
  );
}

/** Whether a content says something else than the task. */
export const differs = (task: Task, content: Content): boolean => !saysSame(contentOf(task), content);

/** Why a draft cannot be saved; null when it can. */
export function draftProblem(draft: Content): string | null {
  if (draft.instruction.trim() === '') return WORDS.problem.instruction;
  const empty = draft.instances?.findIndex(({ output }) => output.trim() === '') ?? -1;
  return empty < 0 ? null : WORDS.problem.output(empty + 1);
}

/** All that an edit changes in a task: what it says, and what the machine wrote when that is something else. */
export interface Editable {
  readonly content: Content;
  readonly original: Provenance['original'] | null;
}
export const editableOf = (task: Task): Editable => ({
  content: contentOf(task),
  original: (task.origin === 'machine' ? task.provenance.original : null) ?? null,
});
/** Whether the task is still as an edit left it. */
export function isUnchanged(task: Task, as: Editable): boolean {
  const { content, original } = editableOf(task);
  if (!saysSame(content, as.content)) return false;
  return original && as.original ? saysSame(original, as.original) : original === as.original;
}

/** The task with an edit in it. A machine task keeps what the machine wrote in `provenance.original`. */
export function withDraft(task: Task, draft: Content): Task {
  if (task.origin === 'seed') return withEditable(task, { content: draft, original: null });
  const original = task.provenance.original ?? { ...contentOf(task), instances: instancesOf(task) ?? [] };
  const same = saysSame(original, { ...draft, instances: draft.instances ?? [] });
  return withEditable(task, { content: draft, original: same ? null : original });
}

/** The task with an edit made or taken back. Null in the content leaves what the task has. */
export function withEditable(task: Task, { content, original }: Editable): Task {
  const { instruction } = content;
  const instances = content.instances ?? [];
  const isClassification = content.isClassification ?? false;
  if (task.origin === 'seed') return { ...task, instruction, isClassification, instances };
  const { original: old, ...source } = task.provenance;
  const provenance = original ? { ...source, original } : source;
  const base = { ...task, instruction, provenance };
  switch (base.stage) {
    case 'instruction':
      return base;
    case 'identified':
      return content.isClassification === null ? base : { ...base, isClassification };
    case 'complete':
      return {
        ...base,
        ...(content.isClassification === null ? {} : { isClassification }),
        ...(content.instances === null ? {} : { instances }),
      };
  }
}
