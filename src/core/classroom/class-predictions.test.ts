import { expect, it } from 'vitest';
import { HOMEWORK } from '../lessons/homework';
import { beginLesson, withAnswer } from '../lessons/lesson-progress';
import type { PupilWork } from './class-pool';
import { classPredictions, progressOf } from './class-predictions';

it('counts what was predicted for each question of the lesson, and how often that was right', () => {
  const asked = HOMEWORK.steps.filter(({ prediction }) => prediction);
  const [step] = asked;
  const right = step?.prediction?.answer ?? 0;
  // Far from any answer: no option has this number.
  const works = [right, right, right + 1_000, null].map((predicted, i) => {
    const begun = beginLesson(HOMEWORK, i);
    const progress = predicted === null ? begun : withAnswer(begun, step?.id ?? '', { predicted }, 2);
    return { id: `p${i}`, handIn: { lessons: [progress] } } as unknown as PupilWork;
  });
  // The same lesson, handed in twice more: before the prediction, and after.
  const [first] = works[0]?.handIn.lessons ?? [];
  if (!first) throw new Error('no lesson was begun');
  const earlier = { ...first, changedAt: 1, answers: {} };
  works.push({ id: 'p5', handIn: { lessons: [earlier, first, first] } } as unknown as PupilWork);
  expect(progressOf(HOMEWORK.id, works)).toHaveLength(4);
  const found = classPredictions(HOMEWORK, works);
  expect(found.map((one) => one.step)).toEqual(asked.map(({ id }) => id));
  expect(found[0]).toMatchObject({ pupils: 3, right: 2, commonest: right });
  expect(found[1]).toMatchObject({ pupils: 0, right: 0, commonest: null });
});
