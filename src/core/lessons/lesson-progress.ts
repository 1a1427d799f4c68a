/** How far a pupil is in a lesson, with all that was answered. Pure data. */
import type { Lesson, LessonId } from './lesson';
import { MAX_EXPLANATION, NO_ANSWER, type StepAnswer } from './prediction';

export interface LessonProgress {
  readonly lesson: LessonId;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly changedAt: number;
  /** The id of the step that is shown. */
  readonly step: string;
  /** The last step was finished. */
  readonly finished: boolean;
  /** By the ids of the steps; a step without an answer is not in it. */
  readonly answers: Readonly<Partial<Record<string, StepAnswer>>>;
}

export function beginLesson({ id, steps }: Pick<Lesson, 'id' | 'steps'>, now: number): LessonProgress {
  return {
    lesson: id,
    begunAt: now,
    changedAt: now,
    step: steps[0]?.id ?? '',
    finished: false,
    answers: {},
  };
}

export const answerOf = (progress: LessonProgress | null, step: string): StepAnswer =>
  progress?.answers[step] ?? NO_ANSWER;

/** A prediction whose result was seen stays as it is. */
export function withAnswer(
  progress: LessonProgress,
  step: string,
  change: Partial<StepAnswer>,
  now: number,
): LessonProgress {
  const before = answerOf(progress, step);
  const next = { ...before, ...change };
  const answer: StepAnswer = {
    predicted: before.seen ? before.predicted : next.predicted,
    seen: before.seen || next.seen,
    explained: next.explained.slice(0, MAX_EXPLANATION),
  };
  return { ...progress, changedAt: now, answers: { ...progress.answers, [step]: answer } };
}

/** The place of the step that is shown; 0 when the lesson has no such step any more. */
export const stepIndex = ({ steps }: Pick<Lesson, 'steps'>, { step }: LessonProgress): number =>
  Math.max(
    0,
    steps.findIndex(({ id }) => id === step),
  );
