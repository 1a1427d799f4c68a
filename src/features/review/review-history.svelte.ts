/** What was done in a review, newest last; each step is undone as one. */
import type { Progress } from '../../core/ports';
import type { Rating } from '../../core/review/rating';
import { isUnchanged, type TaskEdit, withEditable } from '../../core/review/task-edits';
import type { RunId, TaskId } from '../../core/task';
import { underRunLock } from '../../app/run/run-lock';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { History } from '../../shared/raters/history.svelte';
import type { RatingsChange } from '../../shared/raters/ratings.svelte';
import { writeRatings } from './review-marks';
import { WORDS } from './words';

export interface ReviewStep {
  /** What was done, in words. */
  readonly label: string;
  readonly runId: RunId;
  /** The task that was changed; null for a step about many. */
  readonly taskId: TaskId | null;
  /** Brings the ratings back. */
  readonly ratings?: RatingsChange<Rating>;
  readonly tasks?: readonly TaskEdit[];
  /** The id of the stored step, for an edit of many tasks: it can be undone after a reload, too. */
  readonly bulk?: string;
}

export class ReviewHistory {
  readonly steps = new History<ReviewStep>();
  /** Progress of undoing a step of many tasks; null when none is running. */
  work = $state.raw<Progress | null>(null);

  constructor(
    private readonly services: Services,
    private readonly session: RunSession,
  ) {}

  /** Takes over the edits of many tasks that were made before and can still be undone. @throws AppError */
  async load(runId: RunId): Promise<void> {
    for (const { id, label } of await this.services.store.bulkSteps(runId)) {
      this.steps.push({ label, runId, taskId: null, bulk: id });
    }
  }

  /**
   * Undoes the newest step.
   * @returns how many tasks stay, because they were changed again since; null when another tab undid it before
   * @throws AppError
   */
  async undo(): Promise<number | null> {
    let left: number | null = 0;
    await this.steps.undo(async (step) => {
      const { ratings, bulk } = step;
      const tasks = bulk === undefined ? (step.tasks ?? []) : await this.services.store.bulkEdits(bulk);
      if (tasks.length > 0) left = await this.#restore(step, tasks);
      else if (bulk !== undefined) left = null;
      if (ratings) await this.#rate(step, ratings);
    });
    return left;
  }

  async #rate({ runId, label }: ReviewStep, change: RatingsChange<Rating>): Promise<void> {
    const total = change.rows.length + change.removed.length;
    const step = {
      label: WORDS.session.undoing(label),
      unit: 'rows',
      total,
      since: performance.now(),
    } as const;
    try {
      await writeRatings(this.services.store, runId, change, (done) => (this.work = { ...step, done }));
    } finally {
      this.work = null;
    }
  }

  async #restore({ runId, label, bulk }: ReviewStep, tasks: readonly TaskEdit[]): Promise<number> {
    /* eslint-disable svelte/prefer-svelte-reactivity -- read here alone */
    const edits = new Map(tasks.map((edited) => [edited.id, edited]));
    const back = new Set<TaskId>();
    /* eslint-enable svelte/prefer-svelte-reactivity */
    const step = {
      label: WORDS.session.undoing(label),
      unit: 'rows',
      total: tasks.length,
      since: performance.now(),
    } as const;
    try {
      await underRunLock(this.services, this.session, runId, () =>
        this.services.store.changeTasks(
          runId,
          [...edits.keys()],
          (task) => {
            const edit = edits.get(task.id);
            if (!edit || !isUnchanged(task, edit.after)) return null;
            back.add(task.id);
            return withEditable(task, edit.before);
          },
          (done) => (this.work = { ...step, done }),
          bulk === undefined ? {} : { undone: bulk },
        ),
      );
    } finally {
      this.work = null;
    }
    return tasks.length - back.size;
  }
}
