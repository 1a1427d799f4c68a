/** A lesson: steps beside the screens, with what the teacher's guide and the worksheet add to them. Pure data, one file each. */
import type { ExplanationQuestion, PredictionQuestion } from './prediction';

/** Where a step happens. */
export interface LessonPlace {
  /** The address of a screen, as links have it: `#/decisions`. */
  readonly address: string;
  /**
   * The moment of the recorded run, in seconds from its beginning; `end` has its finetunings too. Absent: the place shows what is
   * stored on the device, and no recording.
   */
  readonly moment?: number | 'end';
}

export interface LessonStep {
  /** Within its lesson; it never changes, for answers are stored by it. */
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  /** What the pupil reads, by paragraph. */
  readonly text: readonly string[];
  /** What the pupil does, in order. */
  readonly tasks: readonly string[];
  /** Opened with the step. */
  readonly place?: LessonPlace;
  /** Asked before `reveal`. */
  readonly prediction?: PredictionQuestion;
  /** What is to be seen once the pupil has predicted, and where. The worksheet does not tell it. */
  readonly reveal?: { readonly text: string; readonly place?: LessonPlace };
  readonly explanation?: ExplanationQuestion;
  readonly hint?: string;
  /** What the teacher says or does in these minutes. */
  readonly say: string;
}

export interface Lesson {
  readonly id: LessonId;
  readonly title: string;
  /** One sentence for those who choose. */
  readonly about: string;
  /** What pupils can do afterwards. */
  readonly aims: readonly string[];
  /** Words that the lesson uses, with their meaning. */
  readonly terms: readonly { readonly word: string; readonly meaning: string }[];
  /** What the teacher prepares. */
  readonly preparation: readonly string[];
  /** What pupils often believe, and what to answer. */
  readonly misconceptions: readonly { readonly idea: string; readonly answer: string }[];
  readonly steps: readonly LessonStep[];
}

export const LESSON_IDS = ['homework', 'own-seeds', 'fair-data'] as const;
export type LessonId = (typeof LESSON_IDS)[number];

export const minutesOf = ({ steps }: Pick<Lesson, 'steps'>): number =>
  steps.reduce((sum, { minutes }) => sum + minutes, 0);
