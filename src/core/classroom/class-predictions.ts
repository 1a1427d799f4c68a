/** What a class predicted in a lesson, beside what happens. */
import type { Lesson, LessonId } from '../lessons/lesson';
import { answerOf, type LessonProgress } from '../lessons/lesson-progress';
import { isRight, type PredictionQuestion } from '../lessons/prediction';
import type { PupilWork } from './class-pool';

/** One question of a lesson with what the class said to it. */
export interface ClassPrediction {
  /** Of the step, within its lesson. */
  readonly step: string;
  readonly question: PredictionQuestion;
  /** Who predicted something. */
  readonly pupils: number;
  readonly right: number;
  /** What was said most often; null where nobody said anything. */
  readonly commonest: number | null;
}

/** In the order of the lesson. */
export function classPredictions(
  { id, steps }: Pick<Lesson, 'id' | 'steps'>,
  works: readonly PupilWork[],
): readonly ClassPrediction[] {
  const all = progressOf(id, works);
  return steps.flatMap(({ id: step, prediction: question }) => {
    if (!question) return [];
    const said = all.map((progress) => answerOf(progress, step).predicted).filter((one) => one !== null);
    const counts = new Map<number, number>();
    for (const one of said) counts.set(one, (counts.get(one) ?? 0) + 1);
    const [first] = [...counts].sort(([, a], [, b]) => b - a);
    return [
      {
        step,
        question,
        pupils: said.length,
        right: said.filter((one) => isRight(question, one)).length,
        commonest: first?.[0] ?? null,
      },
    ];
  });
}

/**
 * How far each pupil went in a lesson, once: who hands in twice, or several files with the same lesson, began it at the same
 * millisecond in all of them.
 */
export function progressOf(id: LessonId, works: readonly PupilWork[]): readonly LessonProgress[] {
  const newest = new Map<number, LessonProgress>();
  for (const progress of works.flatMap(({ handIn }) => handIn.lessons)) {
    if (progress.lesson !== id) continue;
    const known = newest.get(progress.begunAt);
    if (!known || known.changedAt < progress.changedAt) newest.set(progress.begunAt, progress);
  }
  return [...newest.values()];
}
