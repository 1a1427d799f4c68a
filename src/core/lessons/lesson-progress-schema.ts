/** Checks the progress of a lesson that comes from a file, or from another version of the app. */
import * as v from 'valibot';
import { checked, type Checked } from '../schema';
import { LESSON_IDS } from './lesson';
import type { LessonProgress } from './lesson-progress';
import { MAX_EXPLANATION, type StepAnswer } from './prediction';

const MAX_STEPS = 100;
const stepId = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,39}$/u));
/** Milliseconds since 1970 that a date can have. */
export const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const answer: v.GenericSchema<unknown, StepAnswer> = v.object({
  predicted: v.nullable(v.pipe(v.number(), v.finite())),
  seen: v.boolean(),
  explained: v.pipe(v.string(), v.maxLength(MAX_EXPLANATION)),
});
export const lessonProgress: v.GenericSchema<unknown, LessonProgress> = v.object({
  lesson: v.picklist(LESSON_IDS),
  begunAt: time,
  changedAt: time,
  step: stepId,
  finished: v.boolean(),
  answers: v.pipe(
    v.record(stepId, answer),
    v.check((answers) => Object.keys(answers).length <= MAX_STEPS),
  ),
});

export const parseLessonProgress = (value: unknown): Checked<LessonProgress> =>
  checked(lessonProgress, value);
