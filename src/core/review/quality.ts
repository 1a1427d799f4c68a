/** The paper's quality table (its table 2) for our ratings: shares of yes with their uncertainty. */
import { answered, QUESTIONS, type Question, type Rating } from './rating';

/** Shares of the 200 instances rated in the paper, in percent. */
export const PAPER_QUALITY: Readonly<Record<Question | 'all', number>> = {
  valid: 92,
  input: 79,
  output: 58,
  all: 54,
};

/** A share of yes answers with its interval. */
export interface Share {
  readonly yes: number;
  readonly of: number;
  /** 95 % interval of the share, 0 to 1. */
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval, which also works near 0 and 1 and for small samples. */
export function share(yes: number, of: number): Share {
  if (of === 0) return { yes, of, low: 0, high: 1 };
  const z = 1.959963984540054;
  const p = yes / of;
  const bottom = 1 + (z * z) / of;
  const middle = p + (z * z) / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  // At the ends one bound is exact, but rounded values would miss it.
  return {
    yes,
    of,
    low: yes === 0 ? 0 : Math.max(0, (middle - half) / bottom),
    high: yes === of ? 1 : Math.min(1, (middle + half) / bottom),
  };
}

/** The paper's quality table (table 2) for one's own ratings. */
export type Quality = Readonly<Record<Question | 'all', Share>>;

/** `all` counts the ratings that answer all three questions. */
export function qualityOf(ratings: readonly Pick<Rating, 'answers'>[]): Quality {
  const of = (question: Question): Share => {
    const given = ratings.filter(({ answers }) => answers[question] !== null);
    return share(given.filter(({ answers }) => answers[question]).length, given.length);
  };
  const whole = ratings.filter(({ answers }) => answered(answers));
  const good = whole.filter(({ answers }) => QUESTIONS.every((question) => answers[question]));
  return {
    valid: of('valid'),
    input: of('input'),
    output: of('output'),
    all: share(good.length, whole.length),
  };
}
