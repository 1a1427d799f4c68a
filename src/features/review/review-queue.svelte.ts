/** The tasks of a run that are reviewed, in their order, and the position in them. */
import type { StoreChange } from '../../core/ports';
import type { RatingsByTask } from '../../core/review/figures';
import { PAPER_SAMPLE } from '../../core/review/sample';
import type { Task, TaskId } from '../../core/task';
import type { Classroom } from '../../app/classroom/classroom.svelte';
import { SortedRows } from '../../shared/tasks/pool-rows';
import { chosen, isDone, type ReviewQuery, type ReviewRow, reviewRow, scopeOf } from './review-rows';

/** More changed tasks than these reach the queue together, after a moment: each pass over a long queue takes time. */
const FEW = 50;
const GATHER_MS = 200;

export class ReviewQueue {
  query = $state.raw<ReviewQuery>({
    ...{ scope: 'sample', size: PAPER_SAMPLE, seed: 1 },
    ...{ shown: 'all', text: '', filter: null },
  });
  /** The sample, or all. */
  scope = $state.raw<readonly ReviewRow[]>([]);
  /** What of the scope is shown. */
  rows = $state.raw<readonly ReviewRow[]>([]);
  /** Of the scope, tasks that have words for a classroom, hidden or not. */
  named = $state(0);
  at = $state(0);
  /** Tasks of the run that can be rated. */
  tasks = $state(0);
  #all = new SortedRows<ReviewRow>();
  /** What was written since the queue was brought up to date; null is gone. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
  #touched = new Map<TaskId, ReviewRow | null>();
  #gathering = 0;

  constructor(private readonly classroom: Pick<Classroom, 'names' | 'hiding'>) {}

  get current(): ReviewRow | undefined {
    return this.rows[this.at];
  }
  row(id: TaskId): ReviewRow | undefined {
    return this.#all.get(id);
  }
  /** Whether a task is still to be rated. */
  isOpen(ratings: RatingsByTask): (row: ReviewRow) => boolean {
    const { scope } = this.query;
    return ({ id }) => !isDone(ratings.get(id), scope);
  }
  /** Position of the next task to rate: below, else from the top; -1 when none is left. */
  nextOpen(ratings: RatingsByTask): number {
    const isOpen = this.isOpen(ratings);
    const below = this.rows.findIndex((row, i) => i > this.at && isOpen(row));
    return below < 0 ? this.rows.findIndex(isOpen) : below;
  }

  load(tasks: readonly Task[]): void {
    for (const task of tasks) {
      const row = this.#row(task);
      if (row) this.#all.put(row);
    }
  }
  /** Rebuilds the queue for the query. @param ratings of the rater */
  choose(change: Partial<ReviewQuery>, ratings: RatingsByTask): void {
    this.query = { ...this.query, ...change };
    this.tasks = scopeOf(this.#all.rows, { ...this.query, scope: 'all' }).length;
    this.scope = scopeOf([...this.#all.rows], this.query);
    const open = this.scope.filter(({ task }) => !task.named);
    this.named = this.scope.length - open.length;
    this.rows = chosen(this.classroom.hiding ? open : this.scope, this.query, ratings);
  }
  /** The queue stays as it was chosen; its tasks that were written are shown in place. */
  take({ tasks, removed }: StoreChange & { readonly kind: 'rows' }): void {
    for (const task of tasks) this.#replace(task.id, this.#row(task));
    for (const id of removed) this.#replace(id, null);
    if (tasks.length + removed.length <= FEW) this.#refresh();
    else this.#gathering ||= window.setTimeout(() => this.#refresh(), GATHER_MS);
  }
  clear(): void {
    this.#all = new SortedRows();
    window.clearTimeout(this.#gathering);
    this.#gathering = 0;
    this.#touched.clear();
    this.tasks = 0;
    this.scope = [];
    this.rows = [];
    this.at = 0;
  }

  #row(task: Task): ReviewRow | null {
    return reviewRow(task, this.classroom.names(task));
  }
  #replace(id: TaskId, row: ReviewRow | null): void {
    this.#touched.set(id, row);
    if (row) this.#all.put(row);
    else this.#all.remove(id);
  }
  #refresh(): void {
    window.clearTimeout(this.#gathering);
    this.#gathering = 0;
    const touched = this.#touched;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
    this.#touched = new Map();
    this.tasks = scopeOf(this.#all.rows, { ...this.query, scope: 'all' }).length;
    if (!this.scope.some(({ id }) => touched.has(id))) return;
    const now = (rows: readonly ReviewRow[]): readonly ReviewRow[] =>
      rows.flatMap((row) => {
        const newer = touched.get(row.id);
        return newer === null ? [] : [newer ?? row];
      });
    const all = this.rows === this.scope;
    this.scope = now(this.scope);
    this.rows = all ? this.scope : now(this.rows);
    this.at = Math.max(0, Math.min(this.at, this.rows.length - 1));
  }
}
