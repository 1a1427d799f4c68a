/** The pool as a list shows it: one small row per task or rejected candidate, kept in memory in the order of ids. */
import { isSeedId, labelOf } from '../../core/ids';
import type { Candidate, RejectReason, Stage, Task, TaskId } from '../../core/task';
import { instancesOf, typeOf } from '../../core/review/task-edits';

interface Row {
  readonly id: TaskId;
  /** The id without its run. */
  readonly label: string;
  readonly text: string;
  /** `text` in lower case: what the search reads. */
  readonly folded: string;
  /** Highest ROUGE-L to a member of the pool; null when it was never computed. */
  readonly rougeL: number | null;
  /** It has a word for a classroom. */
  readonly named: boolean;
}
export interface TaskRow extends Row {
  readonly kind: 'task';
  readonly origin: Task['origin'];
  /** Null for seed tasks: they were written whole. */
  readonly stage: Stage['stage'] | null;
  /** Null while the type is not known. */
  readonly isClassification: boolean | null;
  /** Null while they are not written. */
  readonly instances: number | null;
  readonly edited: boolean;
}
export interface RejectedRow extends Row {
  readonly kind: 'rejected';
  readonly reason: RejectReason;
  readonly detail: string;
}
export type PoolRow = TaskRow | RejectedRow;

export function taskRow(task: Task, named = false): TaskRow {
  const { id, origin, instruction: text } = task;
  const source = task.origin === 'machine' ? task.provenance : null;
  return {
    kind: 'task',
    id,
    label: labelOf(id),
    text,
    folded: text.toLowerCase(),
    origin,
    stage: task.origin === 'machine' ? task.stage : null,
    isClassification: typeOf(task),
    instances: instancesOf(task)?.length ?? null,
    edited: source?.original !== undefined,
    rougeL: source?.mostSimilar[0]?.rougeL ?? null,
    named,
  };
}

/** Null for kept candidates: their task is the row. */
export function rejectedRow(
  { id, text, verdict, detail, nearest }: Candidate,
  named = false,
): RejectedRow | null {
  if (verdict === 'kept') return null;
  const row = { kind: 'rejected', id, label: labelOf(id), text, folded: text.toLowerCase() } as const;
  return { ...row, reason: verdict, detail, rougeL: nearest?.rougeL ?? null, named };
}

/** Seed tasks before machine tasks, each in the order in which they came; as the store scans them. */
function compareIds(a: TaskId, b: TaskId): number {
  if (a === b) return 0;
  const seedA = isSeedId(a);
  if (seedA !== isSeedId(b)) return seedA ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Rows in the order of their ids. Adding behind the last, as scans and runs do, takes one comparison. */
export class SortedRows<R extends { readonly id: TaskId }> {
  readonly #rows: R[] = [];

  get rows(): readonly R[] {
    return this.#rows;
  }
  get(id: TaskId): R | undefined {
    const row = this.#rows[this.#place(id)];
    return row?.id === id ? row : undefined;
  }
  /** Adds the row, or replaces the one with its id. */
  put(row: R): void {
    const at = this.#place(row.id);
    this.#rows.splice(at, this.#rows[at]?.id === row.id ? 1 : 0, row);
  }
  remove(id: TaskId): void {
    const at = this.#place(id);
    if (this.#rows[at]?.id === id) this.#rows.splice(at, 1);
  }

  /** The index of the row with this id, or where it would be. */
  #place(id: TaskId): number {
    let low = 0;
    let high = this.#rows.length;
    const last = this.#rows[high - 1]?.id;
    if (last !== undefined && compareIds(last, id) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#rows[middle]?.id;
      if (other !== undefined && compareIds(other, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
