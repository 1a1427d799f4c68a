/** The lesson beside the screens of this tab: its step, what the pupil said, and where the step happens. */
import { LESSONS } from '../../core/lessons/lesson-files';
import type { Lesson, LessonId, LessonPlace, LessonStep } from '../../core/lessons/lesson';
import {
  answerOf,
  beginLesson,
  type LessonProgress,
  stepIndex,
  withAnswer,
} from '../../core/lessons/lesson-progress';
import { LessonProgressStore } from '../../core/lessons/lesson-progress-store';
import type { StepAnswer } from '../../core/lessons/prediction';
import type { AppState, Playing } from '../app-state.svelte';
import { Job } from '../job.svelte';
import { openRecording } from '../open-recording';
import { keepTabLesson } from './tab-lesson';

export class LessonSession {
  lesson = $state.raw<Lesson | null>(null);
  progress = $state.raw<LessonProgress | null>(null);
  /** Opens the lesson and its recorded run. */
  readonly job = new Job();
  /** The pupil has just asked to see what happens. */
  revealing = false;
  /** What cannot be stored is kept in this tab. */
  stored = $state(true);
  /** The recorded run that this lesson opened. */
  #playing: Playing | null = null;
  /** Counts the places that were asked for: the way to an earlier one ends where a later one is asked for. */
  #asked = 0;
  readonly #store: LessonProgressStore;

  constructor(private readonly app: AppState) {
    this.#store = new LessonProgressStore(app.services.store);
    this.#store.watch(() => void this.#follow().catch(() => undefined));
  }

  readonly index = $derived.by(() =>
    this.lesson && this.progress ? stepIndex(this.lesson, this.progress) : 0,
  );
  readonly step: LessonStep | null = $derived.by(() => this.lesson?.steps[this.index] ?? null);
  readonly answer: StepAnswer = $derived.by(() => answerOf(this.progress, this.step?.id ?? ''));
  /** The recorded run is on its way to the step. */
  get moving(): boolean {
    return this.#playing?.moving ?? false;
  }

  /** Continues where the pupil was; begins at the first step where there is nothing stored. */
  async open(id: LessonId): Promise<void> {
    if (this.lesson?.id === id) return;
    const opened = await this.job.replace(async () => {
      const lesson = await LESSONS[id]();
      const stored = await this.#store.read(id).catch(() => undefined);
      return { lesson, progress: stored ?? beginLesson(lesson, this.app.services.now()) };
    });
    // Left, or another one was begun meanwhile.
    if (!opened || this.app.lesson !== id) return;
    this.progress = opened.progress;
    this.lesson = opened.lesson;
    keepTabLesson(id);
    await this.#change((progress) => progress);
    await this.showStep();
  }
  /** The screens have their whole room again; what was answered stays. */
  close(): void {
    this.#asked += 1;
    this.job.cancel();
    this.lesson = null;
    this.app.lesson = null;
    keepTabLesson(null);
  }

  async goTo(index: number): Promise<void> {
    const step = this.lesson?.steps[index];
    if (!step) return;
    await this.#change((progress) => ({ ...progress, step: step.id, changedAt: this.app.services.now() }));
    await this.showStep();
  }
  async finish(): Promise<void> {
    await this.#change((progress) => ({ ...progress, finished: true, changedAt: this.app.services.now() }));
  }
  predict(predicted: number): Promise<void> {
    return this.#answer({ predicted });
  }
  explain(explained: string): Promise<void> {
    return this.#answer({ explained });
  }
  /** Shows what was to be predicted; the prediction changes no more. */
  async reveal(): Promise<void> {
    this.revealing = true;
    await this.#answer({ seen: true });
    this.revealing = false;
    await this.showStep();
  }

  /** Opens the screen of the step, at its moment of the recorded run. */
  async showStep(): Promise<void> {
    const { step, answer } = this;
    const place = (answer.seen ? step?.reveal?.place : undefined) ?? step?.place;
    if (place) await this.#show(place);
  }

  async #show({ address, moment }: LessonPlace): Promise<void> {
    const asked = ++this.#asked;
    if (moment === undefined) this.#closeRecording();
    else if (!(await this.#moveTo(moment, asked))) return;
    location.hash = address;
  }
  #closeRecording(): void {
    const { app } = this;
    const ended = app.playing;
    if (!ended) return;
    app.playing = null;
    ended.close();
    app.appearance.refresh();
  }
  /** @returns whether the recorded run is there, and no other place was asked for meanwhile */
  async #moveTo(moment: number | 'end', asked: number): Promise<boolean> {
    const { app } = this;
    if (!app.playing || app.playing !== this.#playing)
      // One that was cancelled may end after the next one was opened.
      this.#playing = (await openRecording(app, this.job, null)) ?? this.#playing;
    const playing = this.#playing;
    if (!playing || app.playing !== playing || asked !== this.#asked) return false;
    playing.pause();
    await playing.moveTo(moment === 'end' ? playing.total : moment * 1000);
    return asked === this.#asked && app.playing === playing;
  }

  async #answer(change: Partial<StepAnswer>): Promise<void> {
    const { step } = this;
    if (!step) return;
    const now = this.app.services.now();
    await this.#change((progress) => withAnswer(progress, step.id, change, now));
  }
  /** Its answers were removed on the Lessons screen: it begins again, for the next change would bring them back. */
  async #follow(): Promise<void> {
    const { lesson } = this;
    if (!lesson || !this.stored || (await this.#store.read(lesson.id)) || this.lesson !== lesson) return;
    this.progress = beginLesson(lesson, this.app.services.now());
  }
  /** Shown at once, and made in what is stored: another tab may have answered meanwhile. */
  async #change(change: (progress: LessonProgress) => LessonProgress): Promise<void> {
    const { progress } = this;
    if (!progress) return;
    this.progress = change(progress);
    await this.#store
      .change(progress.lesson, (stored) => change(stored ?? progress))
      .then(
        () => (this.stored = true),
        () => (this.stored = false),
      );
  }
}
