/** A person's edit of a task: what the form holds, and the task that comes of it. */
import type { Instance, MachineTask, Task } from '../core/task';

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

/** Whether the form says something else than the task. */
export const differs = (task: Task, draft: Draft): boolean =>
  JSON.stringify(draftOf(task)) !== JSON.stringify(draft);

/** Why a draft cannot be saved; null when it can. */
export function draftProblem(draft: Draft): string | null {
  if (draft.instruction.trim() === '') return 'An instruction needs at least one word.';
  const empty = draft.instances?.findIndex(({ output }) => output.trim() === '') ?? -1;
  return empty < 0 ? null : `Instance ${empty + 1} has no output. Write one, or take the instance out.`;
}

/** The task with the draft in it. A machine task keeps what the machine wrote in `provenance.original`. */
export function withDraft(task: Task, draft: Draft): Task {
  const instances: readonly Instance[] = draft.instances ?? [];
  const isClassification = draft.isClassification ?? false;
  if (task.origin === 'seed') return { ...task, instruction: draft.instruction, isClassification, instances };
  const { original: before, ...source } = task.provenance;
  const original = before ?? {
    instruction: task.instruction,
    isClassification: typeOf(task),
    instances: instancesOf(task) ?? [],
  };
  const same = JSON.stringify(original) === JSON.stringify({ ...draft, instances });
  const provenance = same ? source : { ...source, original };
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
