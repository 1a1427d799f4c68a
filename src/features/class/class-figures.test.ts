import { expect, it } from 'vitest';
import { scoredSets, scoreOn } from './class-figures';
import type { Pupil } from './pupils';

const pupilOn = (...prints: readonly number[]): Pupil =>
  ({
    handIn: { scores: prints.map((print) => ({ set: { print, name: `Set ${print}` } })) },
  }) as unknown as Pupil;

it('compares pupils on the held-out tasks that most of them have, whatever each was scored on last', () => {
  const pupils = [pupilOn(2, 1), pupilOn(1), pupilOn(3)];
  const [most] = scoredSets(pupils);
  expect(most).toEqual({ print: 1, name: 'Set 1', pupils: 2 });
  expect(pupils.map((pupil) => scoreOn(pupil, most?.print ?? 0)?.set.print)).toEqual([1, 1, undefined]);
});
