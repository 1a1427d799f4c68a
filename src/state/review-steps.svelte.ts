/** What a person did on the review desk, newest last; each step can be taken back as one. */
import type { Rating } from '../core/review/rating';
import type { RunId, Task, TaskId } from '../core/task';
import { Pacer } from '../export/pacer';
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

/** For more tasks than these it is faster to read the whole pool in pages. */
const FEW = 50;

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
      // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody sees it
      const changes = new Map(tasks.map((change) => [change.after.id, change]));
      const pacer = new Pacer();
      const back: Task[] = [];
      for await (const page of this.#stored(runId, [...changes.keys()])) {
        for (const task of page) {
          const change = changes.get(task.id);
          if (change && JSON.stringify(task) === JSON.stringify(change.after)) back.push(change.before);
          await pacer.breathe();
        }
      }
      await store.saveTasks(back);
      return tasks.length - back.length;
    });
  }
  /** Pages with the tasks as they stand now, among others. */
  async *#stored(runId: RunId, ids: readonly TaskId[]): AsyncGenerator<readonly Task[]> {
    const { store } = this.services;
    if (ids.length > FEW) yield* store.scanTasks(runId);
    else yield (await Promise.all(ids.map((id) => store.task(id)))).filter((task) => task !== undefined);
  }
}
