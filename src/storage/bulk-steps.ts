/** Edits of many tasks that can be undone: a row each, and what they changed in pages beside it. */
import { type BulkStep, editableOf, type TaskEdit } from '../core/review/task-edits';
import type { RunId, Task } from '../core/task';
import type { Connection, WriteTransaction } from './connection';
import { runRange } from './schema';

/** Steps of a run that are kept, and edits in all of them together: the oldest go first. */
const MOST_STEPS = 10;
const MOST_EDITS = 100_000;
const PAGE = 500;

/** Notes a step while its transaction changes the tasks. */
export class BulkStepWriter {
  #page: TaskEdit[] = [];
  #tasks = 0;

  private constructor(
    private readonly tx: WriteTransaction,
    private readonly runId: RunId,
    private readonly id: string,
  ) {}

  static async begin(tx: WriteTransaction, runId: RunId): Promise<BulkStepWriter> {
    const last = (await tx.lastKey('undoSteps', runRange(runId)))?.split('-u')[1] ?? '0';
    return new BulkStepWriter(tx, runId, `${runId}-u${String(Number(last) + 1).padStart(6, '0')}`);
  }

  add(before: Task, after: Task): void {
    this.#page.push({ id: before.id, before: editableOf(before), after: editableOf(after) });
    this.#tasks++;
    if (this.#page.length === PAGE) this.#writePage();
  }

  /** @returns null when nothing was changed */
  async end(label: (tasks: number) => string): Promise<BulkStep | null> {
    if (this.#tasks === 0) return null;
    if (this.#page.length > 0) this.#writePage();
    const step = { id: this.id, runId: this.runId, label: label(this.#tasks), tasks: this.#tasks };
    this.tx.put('undoSteps', step);
    await this.#prune();
    return { id: step.id, label: step.label };
  }

  #writePage(): void {
    const number = String(Math.ceil(this.#tasks / PAGE)).padStart(4, '0');
    this.tx.put('undoEdits', { id: `${this.id}-${number}`, edits: this.#page });
    this.#page = [];
  }

  async #prune(): Promise<void> {
    const steps = await this.tx.getAll('undoSteps', runRange(this.runId), MOST_STEPS + 1);
    let edits = 0;
    for (const [age, { id, tasks }] of steps.toReversed().entries()) {
      edits += tasks;
      // The newest can always be undone.
      if (age > 0 && (age >= MOST_STEPS || edits > MOST_EDITS)) removeStep(this.tx, id);
    }
  }
}

export function removeStep(tx: WriteTransaction, id: string): void {
  tx.delete('undoSteps', id);
  tx.delete('undoEdits', editsOf(id));
}

/** Oldest first. */
export async function bulkSteps(connection: Connection, runId: RunId): Promise<readonly BulkStep[]> {
  const steps = await connection.getAll('undoSteps', runRange(runId));
  return steps.map(({ id, label }) => ({ id, label }));
}
/** Empty when the step is not there any more. */
export async function bulkEdits(connection: Connection, id: string): Promise<readonly TaskEdit[]> {
  return (await connection.getAll('undoEdits', editsOf(id))).flatMap(({ edits }) => edits);
}

const editsOf = (id: string): IDBKeyRange => IDBKeyRange.bound(`${id}-`, `${id}-\uffff`);
