/** Edits of tasks as data: what a task says before and after, so that an edit can be taken back. */
import type { Instance, Provenance, Task, TaskId } from '../task';

/** What a task says, or what an edit makes it say. Null where the task's stage has none. */
export interface Content {
  readonly instruction: string;
  readonly isClassification: boolean | null;
  readonly instances: readonly Instance[] | null;
}
export const contentOf = (task: Task): Content => ({
  instruction: task.instruction,
  isClassification: typeOf(task),
  instances: instancesOf(task),
});

/** Null while the type is not identified. */
export const typeOf = (task: Task): boolean | null =>
  task.origin === 'machine' && task.stage === 'instruction' ? null : task.isClassification;

/** Null while they are not written. */
export const instancesOf = (task: Task): readonly Instance[] | null =>
  task.origin === 'seed' || task.stage === 'complete' ? task.instances : null;

/** A content, or what the machine wrote: old records of that have no type. */
type Written = Omit<Content, 'isClassification'> & Partial<Pick<Content, 'isClassification'>>;
/** Field by field: this runs for tens of thousands of tasks in a row. */
export function saysSame(a: Written, b: Written): boolean {
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

/** The edit of one task. Whole tasks, tens of thousands of them, would fill the memory. */
export interface TaskEdit {
  readonly id: TaskId;
  readonly before: Editable;
  readonly after: Editable;
}
/** One edit of many tasks that can be undone. */
export interface BulkStep {
  readonly id: string;
  /** What was done, in words. */
  readonly label: string;
}
