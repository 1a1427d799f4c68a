/** Checks the first line of a hand-in. */
import * as v from 'valibot';
import { RECORD_WORDS } from '../record-words';
import { raterName } from '../review/rater';
import { checked, type Checked } from '../schema';
import { HAND_IN_FORMAT, HAND_IN_VERSION, type HandInHeader, MAX_LESSONS, MAX_SCORES } from './hand-in';
import { LESSON_IDS } from '../lessons/lesson';
import { lessonProgress, time } from '../lessons/lesson-progress-schema';

const real = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const points = v.pipe(real, v.minValue(0), v.maxValue(100));
const name = v.pipe(v.string(), v.maxLength(1_000));

const score = v.object({
  name,
  answers: whole,
  rougeL: v.object({ mean: points, low: points, high: points }),
});
const beforeAfter = v.object({
  set: v.object({ name, count: whole, print: v.pipe(whole, v.maxValue(0xffff_ffff)) }),
  before: score,
  after: score,
});
const outer = v.object({ format: v.literal(HAND_IN_FORMAT), version: whole });
/** A lesson that this version of the app does not have: the work of the pupil is read without it. */
const otherLesson = v.object({ lesson: v.pipe(v.string(), v.notValues(LESSON_IDS)) });
const header = v.object({
  name,
  savedAt: time,
  scores: v.pipe(v.array(beforeAfter), v.maxLength(MAX_SCORES)),
  lessons: v.pipe(
    v.array(v.unknown()),
    v.maxLength(MAX_LESSONS),
    v.filterItems((one) => !v.is(otherLesson, one)),
    v.array(lessonProgress),
  ),
});

/** @returns the header with the name as it is shown, or why the line is refused */
export function parseHandInHeader(value: unknown): Checked<HandInHeader> {
  const found = v.safeParse(outer, value);
  if (!found.success) return { ok: false, reason: RECORD_WORDS.notHandIn };
  const { version } = found.output;
  if (version > HAND_IN_VERSION) return { ok: false, reason: RECORD_WORDS.newer };
  if (version !== HAND_IN_VERSION) return { ok: false, reason: RECORD_WORDS.unknownVersion(version) };
  const result = checked(header, value);
  if (!result.ok) return result;
  const typed = raterName(result.row.name);
  return typed === null
    ? { ok: false, reason: RECORD_WORDS.noPupil }
    : { ok: true, row: { ...result.row, name: typed } };
}
