import { expect, it } from 'vitest';
import type { HandIn } from '../core/classroom/hand-in';
import { HOMEWORK } from '../core/lessons/homework';
import { beginLesson, type LessonProgress, withAnswer } from '../core/lessons/lesson-progress';
import { LessonProgressStore } from '../core/lessons/lesson-progress-store';
import { memorySettings } from '../testing/memory-settings';
import { restoreLessons } from './restore-hand-in';

const begun = (at: number): LessonProgress => beginLesson(HOMEWORK, at);
const answered = (at: number, changedAt: number): LessonProgress =>
  withAnswer(begun(at), 'open-end', { explained: `of ${at}` }, changedAt);
/** What is here after a hand-in was restored over it, and how many lessons stayed. */
async function restored(
  here: LessonProgress | undefined,
  handedIn: LessonProgress,
): Promise<readonly [LessonProgress | undefined, number]> {
  const store = memorySettings();
  const known = new LessonProgressStore(store);
  await known.change('homework', () => here);
  const stayed = await restoreLessons({ lessons: [handedIn] } as unknown as HandIn, { store });
  return [await known.read('homework'), stayed];
}

it('takes the answers of a hand-in where there are none, also where a lesson was begun since', async () => {
  const handedIn = answered(1, 2);
  expect(await restored(undefined, handedIn)).toEqual([handedIn, 0]);
  expect(await restored(begun(5), handedIn)).toEqual([handedIn, 0]);
});

it('takes the newer answers of one beginning', async () => {
  const [older, newer] = [answered(1, 2), answered(1, 3)];
  expect(await restored(older, newer)).toEqual([newer, 0]);
  expect(await restored(newer, older)).toEqual([newer, 0]);
});

it('leaves the answers of another pupil and tells of it', async () => {
  const [ana, ben] = [answered(1, 2), answered(5, 9)];
  expect(await restored(ana, ben)).toEqual([ana, 1]);
  expect(await restored(ana, begun(5))).toEqual([ana, 0]);
});
