/** Which tasks of a run are meant: a filter that has a name is the same on every screen, and in what is exported. */
import * as v from 'valibot';
import { labelOf } from './ids';
import { typeOf } from './review/task-edits';
import type { Stage, Task } from './task';

/** The two types of tasks (paper, section 2.2). */
export type TaskType = 'classification' | 'open';

/** A list without entries lets everything through. */
export interface PoolFilter {
  /** Part of the instruction, in any case, or of the id. */
  readonly text: string;
  readonly origin: Task['origin'] | null;
  readonly stages: readonly Stage['stage'][];
  readonly types: readonly TaskType[];
  readonly edited: boolean;
}
export interface NamedFilter {
  readonly name: string;
  readonly filter: PoolFilter;
}
/** Lets every task through. */
export const EVERY_TASK: PoolFilter = { text: '', origin: null, stages: [], types: [], edited: false };

/** What a filter asks of a task. */
export interface FilterFacts {
  /** Without the run's id. */
  readonly label: string;
  /** The instruction in lower case. */
  readonly folded: string;
  readonly origin: Task['origin'];
  /** Null for seed tasks: they were written whole. */
  readonly stage: Stage['stage'] | null;
  /** Null while the type is not known. */
  readonly isClassification: boolean | null;
  readonly edited: boolean;
}
/** The facts of a task. */
const filterFacts = (task: Task): FilterFacts => ({
  label: labelOf(task.id),
  folded: task.instruction.toLowerCase(),
  origin: task.origin,
  stage: task.origin === 'machine' ? task.stage : null,
  isClassification: typeOf(task),
  edited: task.origin === 'machine' && task.provenance.original !== undefined,
});

const typeName = ({ isClassification }: FilterFacts): TaskType | null => {
  if (isClassification === null) return null;
  return isClassification ? 'classification' : 'open';
};

/** A function that tells whether the filter lets a task through. */
export function matcherOf({
  text,
  origin,
  stages,
  types,
  edited,
}: PoolFilter): (facts: FilterFacts) => boolean {
  const sought = text.trim().toLowerCase();
  return (facts) => {
    if (sought && !facts.folded.includes(sought) && !facts.label.includes(sought)) return false;
    if (origin && facts.origin !== origin) return false;
    if (edited && !facts.edited) return false;
    if (stages.length > 0 && !(facts.stage && stages.includes(facts.stage))) return false;
    const type = typeName(facts);
    return types.length === 0 || (type !== null && types.includes(type));
  };
}

/** A function that tells whether a filter lets a task through; without a filter, all. */
export function taskMatcher(filter: NamedFilter | null | undefined): (task: Task) => boolean {
  if (!filter) return () => true;
  const matches = matcherOf(filter.filter);
  return (task) => matches(filterFacts(task));
}

const filter = v.object({
  text: v.pipe(v.string(), v.maxLength(10_000)),
  origin: v.nullable(v.picklist(['seed', 'machine'])),
  stages: v.array(v.picklist(['instruction', 'identified', 'complete'])),
  types: v.array(v.picklist(['classification', 'open'])),
  edited: v.boolean(),
});
const namedFilter = v.object({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), filter });

/** The filters in a stored value; what is none is left out. */
export const namedFiltersIn = (stored: unknown): readonly NamedFilter[] =>
  (Array.isArray(stored) ? stored : []).flatMap((one: unknown) => {
    const read = v.safeParse(namedFilter, one);
    return read.success ? [read.output] : [];
  });
