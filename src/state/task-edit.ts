/** A person's edit of a task: what the form holds, and the task that comes of it. */
import type { Instance, MachineTask, Provenance, Task } from '../core/task';

/** Null where the task's stage has none: it cannot be edited before the machine has written it. */
export interface Draft {
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
  const instances = instancesOf(task)?.map(({ input, output }) => ({ input, output })) ?? null;
  return { instruction: task.instruction, isClassification: typeOf(task), instances };
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

/** What a draft and the machine's own text have in common. */
interface Said {
  readonly instruction: string;
  /** Undefined where an old record does not tell it. */
  readonly isClassification?: boolean | null;
  readonly instances: readonly Instance[] | null;
}
/** Field by field: this is asked of tens of thousands of tasks in a row. */
function saysSame(a: Said, b: Said): boolean {
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

/** Whether the form says something else than the task. */
export const differs = (task: Task, draft: Draft): boolean => !saysSame(draftOf(task), draft);

/** Why a draft cannot be saved; null when it can. */
export function draftProblem(draft: Draft): string | null {
  if (draft.instruction.trim() === '') return 'An instruction needs at least one word.';
  const empty = draft.instances?.findIndex(({ output }) => output.trim() === '') ?? -1;
  return empty < 0 ? null : `Instance ${empty + 1} has no output. Write one, or take the instance out.`;
}

/** All that an edit changes in a task: the draft, and what the machine wrote when that is something else. */
export interface Editable {
  readonly draft: Draft;
  readonly original: Provenance['original'] | null;
}
export const editableOf = (task: Task): Editable => ({
  draft: draftOf(task),
  original: (task.origin === 'machine' ? task.provenance.original : null) ?? null,
});
/** Whether the task stands as it did. */
export function stands(task: Task, as: Editable): boolean {
  const { draft, original } = editableOf(task);
  if (!original || !as.original) return original === as.original && saysSame(draft, as.draft);
  return saysSame(draft, as.draft) && saysSame(original, as.original);
}

/** The task with the draft in it. A machine task keeps what the machine wrote in `provenance.original`. */
export function withDraft(task: Task, draft: Draft): Task {
  if (task.origin === 'seed') return withEditable(task, { draft, original: null });
  const original = task.provenance.original ?? {
    instruction: task.instruction,
    isClassification: typeOf(task),
    instances: instancesOf(task) ?? [],
  };
  const same = saysSame(original, { ...draft, instances: draft.instances ?? [] });
  return withEditable(task, { draft, original: same ? null : original });
}

/** The task with an edit made or taken back. Null in the draft leaves what the task has. */
export function withEditable(task: Task, { draft, original }: Editable): Task {
  const instances: readonly Instance[] = draft.instances ?? [];
  const isClassification = draft.isClassification ?? false;
  if (task.origin === 'seed') return { ...task, instruction: draft.instruction, isClassification, instances };
  const { original: old, ...source } = task.provenance;
  const provenance = original ? { ...source, original } : source;
  const base = { ...task, instruction: draft.instruction, provenance };
  switch (base.stage) {
    case 'instruction':
      return base;
    case 'identified':
      return draft.isClassification === null ? base : { ...base, isClassification };
    case 'complete':
      return {
        ...base,
        ...(draft.isClassification === null ? {} : { isClassification }),
        ...(draft.instances === null ? {} : { instances }),
      };
  }
}
