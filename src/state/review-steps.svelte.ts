/** What a person did on the review desk, newest last; each step can be taken back as one. */
import type { Rating } from '../core/review/rating';
import type { RunId, Task, TaskId } from '../core/task';
import { underRunLock } from './run-lock';
import type { RunSession } from './run-session.svelte';
import type { Services } from './services';

export interface Step {
  /** What was done, in words. */
  readonly label: string;
  readonly runId: RunId;
  /** The task that it was done to, when it was one. */
  readonly taskId: TaskId | null;
  /** Ratings as they stood before; null where there was none. */
  readonly ratings: readonly { readonly id: string; readonly before: Rating | null }[];
  readonly tasks: readonly { readonly before: Task; readonly after: Task }[];
}
export interface Undone {
  readonly step: Step;
  /** Tasks that were changed again since, elsewhere: they stay as they are. */
  readonly left: number;
}

/** Tasks that are read back side by side. */
const SLICE = 250;

export class ReviewSteps {
  steps = $state.raw<readonly Step[]>([]);

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

  #restore({ runId, tasks }: Step): Promise<number> {
    const { store } = this.services;
    return underRunLock(this.services, this.session, runId, async () => {
      const back: Task[] = [];
      for (let at = 0; at < tasks.length; at += SLICE) {
        const slice = tasks.slice(at, at + SLICE);
        const stored = await Promise.all(slice.map(({ after }) => store.task(after.id)));
        for (const [i, { before, after }] of slice.entries()) {
          if (JSON.stringify(stored[i]) === JSON.stringify(after)) back.push(before);
        }
      }
      await store.saveTasks(back);
      return tasks.length - back.length;
    });
  }
}
