/**
 * Whether two devices give the same results for a model. Texts do not tell: rounding may flip a near-tie and change the rest
 * of an answer, and right words may be luck. The probabilities of each next token do.
 */

/** One place of an answer: the token that was taken, and the likeliest ones. Tokens by their ids. */
export interface AnswerPlace {
  readonly token: number;
  readonly likely: readonly { readonly token: number; readonly probability: number }[];
}

/**
 * The largest difference that rounding explains. Between two equally likely tokens, a quarter is an error of 1 in the
 * logits; other orders of summation and F16 stay far below, broken arithmetic is close to 1.
 */
export const MOST_ROUNDING = 0.25;

/**
 * The largest difference between two answers to the same question, drawn with the same seed: 0 where both give the same
 * probabilities, 1 where they have nothing in common. Places after the first different token belong to other texts and are
 * left out.
 * @returns the largest total variation distance of a place, over the tokens that either names; 1 for answers that cannot be
 * compared
 */
export function answerDifference(one: readonly AnswerPlace[], other: readonly AnswerPlace[]): number {
  let largest = 0;
  for (const [i, place] of one.entries()) {
    const its = other[i];
    if (!its) return 1;
    largest = Math.max(largest, distance(place, its));
    if (place.token !== its.token) return largest;
  }
  return one.length > 0 && one.length === other.length ? largest : 1;
}

function distance(one: AnswerPlace, other: AnswerPlace): number {
  const [a, b] = [byToken(one), byToken(other)];
  const tokens = [...new Set([...a.keys(), ...b.keys()])];
  const sum = tokens.reduce((total, token) => total + Math.abs((a.get(token) ?? 0) - (b.get(token) ?? 0)), 0);
  // Tokens that neither names: as much as the named ones leave over.
  const rest = Math.abs(left(a) - left(b));
  const found = (sum + rest) / 2;
  return Number.isFinite(found) && a.size > 0 && b.size > 0 ? Math.min(1, found) : 1;
}

const byToken = ({ likely }: AnswerPlace): ReadonlyMap<number, number> =>
  new Map(likely.map(({ token, probability }) => [token, probability]));
const left = (named: ReadonlyMap<number, number>): number =>
  1 - [...named.values()].reduce((sum, probability) => sum + probability, 0);
