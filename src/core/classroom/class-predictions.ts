/** What a class predicted in a lesson, beside what happens. */
import type { Lesson } from '../lessons/lesson';
import { answerOf } from '../lessons/lesson-progress';
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
  const all = works.flatMap(({ handIn }) => handIn.lessons.filter(({ lesson }) => lesson === id));
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
