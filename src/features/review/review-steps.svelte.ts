/** What a person did on the review desk, newest last; each step can be taken back as one. */
import type { Rating } from '../../core/review/rating';
import type { RunId, TaskId } from '../../core/task';
import { underRunLock } from '../../app/run/run-lock';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { type Editable, stands, withEditable } from '../../shared/tasks/task-edit';
import { teller, type Work } from '../../app/progress';

/** Only what can be edited is held: whole tasks, tens of thousands of them, would fill the memory. */
export interface Edited {
  readonly id: TaskId;
  readonly before: Editable;
  readonly after: Editable;
}
export interface Step {
  /** What was done, in words. */
  readonly label: string;
  readonly runId: RunId;
  /** The task that it was done to, when it was one. */
  readonly taskId: TaskId | null;
  /** Ratings as they stood before; null where there was none. */
  readonly ratings: readonly { readonly id: string; readonly before: Rating | null }[];
  readonly tasks: readonly Edited[];
}
export interface Undone {
  readonly step: Step;
  /** Tasks that were changed again since, elsewhere: they stay as they are. */
  readonly left: number;
}

export class ReviewSteps {
  steps = $state.raw<readonly Step[]>([]);
  /** How far the taking back of a large step is; null when none goes on. */
  work = $state.raw<Work | null>(null);

  constructor(
    private readonly services: Services,
    private readonly session: RunSession,
  ) {}

  get last(): Step | undefined {
    return this.steps.at(-1);
  }
  push(step: Step): void {
    this.steps = [...this.steps, step];
  }
  clear(): void {
    this.steps = [];
  }

  /** Takes the newest step back; null when there is none. @throws AppError */
  async undo(): Promise<Undone | null> {
    const step = this.last;
    if (!step) return null;
    const { store } = this.services;
    const left = step.tasks.length > 0 ? await this.#restore(step) : 0;
    if (step.ratings.length > 0) {
      const before = step.ratings.flatMap(({ before: rating }) => (rating ? [rating] : []));
      const without = step.ratings.filter(({ before: rating }) => !rating).map(({ id }) => id);
      await store.saveRatings(step.runId, before, without);
    }
    this.steps = this.steps.filter((other) => other !== step);
    return { step, left };
  }

  async #restore({ runId, tasks, label }: Step): Promise<number> {
    /* eslint-disable svelte/prefer-svelte-reactivity -- read here alone */
    const edits = new Map(tasks.map((edited) => [edited.id, edited]));
    const back = new Set<TaskId>();
    /* eslint-enable svelte/prefer-svelte-reactivity */
    try {
      await underRunLock(this.services, this.session, runId, () =>
        this.services.store.changeTasks(
          runId,
          [...edits.keys()],
          (task) => {
            const edit = edits.get(task.id);
            if (!edit || !stands(task, edit.after)) return null;
            back.add(task.id);
            return withEditable(task, edit.before);
          },
          teller(`Taking back: ${label}`, 'rows', tasks.length, (work) => (this.work = work)),
        ),
      );
    } finally {
      this.work = null;
    }
    return tasks.length - back.size;
  }
}
