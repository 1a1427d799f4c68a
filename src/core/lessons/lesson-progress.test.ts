import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memorySettings } from '../../testing/memory-settings';
import { answerOf, beginLesson, type LessonProgress, stepIndex, withAnswer } from './lesson-progress';
import { parseLessonProgress } from './lesson-progress-schema';
import { LessonProgressStore } from './lesson-progress-store';
import { MAX_EXPLANATION } from './prediction';

const LESSON = { id: 'homework', steps: [{ id: 'one' }, { id: 'two' }] } as unknown as Parameters<
  typeof beginLesson
>[0];
const change = fc.record(
  {
    predicted: fc.option(fc.integer({ min: 0, max: 3 })),
    seen: fc.boolean(),
    explained: fc.string({ unit: 'binary', maxLength: 2 * MAX_EXPLANATION }),
  },
  { requiredKeys: [] },
);
const changes = fc.array(fc.tuple(fc.constantFrom('one', 'two'), change), { maxLength: 12 });
const after = (made: readonly (readonly [string, object])[]): LessonProgress =>
  made.reduce(
    (progress, [step, answer], i) => withAnswer(progress, step, answer, 100 + i),
    beginLesson(LESSON, 99),
  );

describe('the progress of a lesson', () => {
  it('keeps a prediction once its result was seen, whatever is said later', () => {
    fc.assert(
      fc.property(changes, changes, (before, later) => {
        const progress = withAnswer(after(before), 'one', { predicted: 2, seen: true }, 200);
        const first = answerOf(progress, 'one').predicted;
        const end = later.reduce((now, [step, answer]) => withAnswer(now, step, answer, 300), progress);
        expect(answerOf(end, 'one')).toMatchObject({ predicted: first, seen: true });
      }),
    );
  });

  it('is read from a file as it was written, after any answers', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const progress = after(made);
        expect(parseLessonProgress(JSON.parse(JSON.stringify(progress)))).toEqual({
          ok: true,
          row: progress,
        });
      }),
    );
  });

  it('refuses what no lesson has', () => {
    const progress = after([['one', { predicted: 1 }]]);
    const foreign = [
      { ...progress, lesson: 'chemistry' },
      { ...progress, step: '<b>' },
      // No date is so late.
      { ...progress, begunAt: 1e300 },
      { ...progress, answers: { one: { predicted: 'a', seen: true, explained: '' } } },
      { ...progress, answers: { one: { predicted: 1, seen: true, explained: 'x'.repeat(5_000) } } },
      null,
    ];
    for (const one of foreign) expect(parseLessonProgress(one).ok).toBe(false);
  });

  it('begins at the first step where a step is gone', () => {
    const progress = beginLesson(LESSON, 1);
    expect(stepIndex(LESSON, { ...progress, step: 'two' })).toBe(1);
    expect(stepIndex(LESSON, { ...progress, step: 'gone' })).toBe(0);
  });
});

describe('the store of lessons', () => {
  it('keeps each lesson for itself and leaves out what it cannot read', async () => {
    const settings = memorySettings();
    const store = new LessonProgressStore(settings);
    expect(await store.read('homework')).toBeUndefined();
    await store.change('homework', () => beginLesson(LESSON, 1));
    await store.change('homework', (stored) => stored && withAnswer(stored, 'two', { predicted: 1 }, 2));
    expect(answerOf((await store.read('homework')) ?? null, 'two').predicted).toBe(1);
    const stored = settings.kept.get('lessons') as object;
    await settings.saveSetting('lessons', { ...stored, later: { lesson: 'later' } });
    expect((await store.all()).map(({ lesson }) => lesson)).toEqual(['homework']);
    await store.change('homework', () => undefined);
    expect(settings.kept.get('lessons')).toEqual({ later: { lesson: 'later' } });
  });
});
