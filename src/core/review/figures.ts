/** Two raters side by side, on the tasks that both judged as the same text. */
import type { TaskId } from '../task';
import { type Agreement, agreement, spearman } from './agreement';
import { QUESTIONS, type Question, type Rating, yesCount } from './rating';

export type RatingsByTask = ReadonlyMap<TaskId, Rating>;

export interface Comparison {
  readonly questions: Readonly<Record<Question, Agreement>>;
  readonly verdict: Agreement;
  /** Rank correlation of the number of yes answers, and the pairs behind it. */
  readonly rho: number | null;
  readonly rhoPairs: number;
  /** Tasks that both judged, but not as the same text: left out. */
  readonly otherText: number;
}

export function compare(a: RatingsByTask, b: RatingsByTask): Comparison {
  const both: (readonly [Rating, Rating])[] = [];
  let otherText = 0;
  for (const [taskId, first] of a) {
    const second = b.get(taskId);
    if (!second) continue;
    if (first.print === second.print) both.push([first, second]);
    else otherText++;
  }
  const pairsOf = <T>(value: (rating: Rating) => T | null): (readonly [T, T])[] =>
    both.flatMap(([first, second]) => {
      const x = value(first);
      const y = value(second);
      return x === null || y === null ? [] : [[x, y] as const];
    });
  const on = (question: Question): Agreement => agreement(pairsOf(({ answers }) => answers[question]));
  const scores = pairsOf(({ answers }) => yesCount(answers));
  const [valid, input, output] = QUESTIONS;
  return {
    questions: { valid: on(valid), input: on(input), output: on(output) },
    verdict: agreement(pairsOf(({ verdict }) => verdict)),
    rho: spearman(scores),
    rhoPairs: scores.length,
    otherText,
  };
}
