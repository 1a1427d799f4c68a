/** The lessons that there are, and how far the pupil is in each. */
import type { AppState } from '../../app/app-state.svelte';
import { Job } from '../../app/job.svelte';
import type { Lesson, LessonId } from '../../core/lessons/lesson';
import { LESSONS } from '../../core/lessons/lesson-files';
import type { LessonProgress } from '../../core/lessons/lesson-progress';
import { LessonProgressStore } from '../../core/lessons/lesson-progress-store';

export class LessonsView {
  lessons = $state.raw<readonly Lesson[]>([]);
  /** Of the lessons that were begun. */
  begun = $state.raw<readonly LessonProgress[]>([]);
  readonly job = new Job();
  readonly #store: LessonProgressStore;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#store = new LessonProgressStore(services.store);
    // The lesson beside this screen may be answered meanwhile.
    this.#store.watch(() => void this.job.attempt(() => this.#read()));
  }

  /** Null before it was begun. */
  progressOf(id: LessonId): LessonProgress | null {
    return this.begun.find(({ lesson }) => lesson === id) ?? null;
  }

  async load(): Promise<void> {
    await this.job.replace(async () => {
      this.lessons = await Promise.all(Object.values(LESSONS).map((load) => load()));
      await this.#read();
    });
  }
  /** Removes what was answered. */
  async restart(lesson: LessonId): Promise<void> {
    await this.job.attempt(() => this.#store.change(lesson, () => undefined));
    await this.load();
  }

  async #read(): Promise<void> {
    this.begun = await this.#store.all();
  }
}
