import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerDifference, type AnswerPlace, MOST_ROUNDING } from './answer-places';

const WORDS = 8;
const place = (logits: readonly number[], taken = 0): AnswerPlace => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return { token: taken, likely: powers.map((power, token) => ({ token, probability: power / sum })) };
};
const logits = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: WORDS, maxLength: WORDS });
const answer = fc.array(
  fc.tuple(logits, fc.nat(WORDS - 1)).map(([values, taken]) => place(values, taken)),
  { minLength: 1, maxLength: 6 },
);

it('is nothing between equal answers, the same from both sides, and never more than 1', () => {
  fc.assert(
    fc.property(answer, answer, (a, b) => {
      expect(answerDifference(a, a)).toBe(0);
      expect(answerDifference(a, b)).toBe(answerDifference(b, a));
      expect(answerDifference(a, b)).toBeLessThanOrEqual(1);
    }),
  );
});

it('lets pass what rounding does to logits', () => {
  const noise = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), {
    minLength: WORDS,
    maxLength: WORDS,
  });
  fc.assert(
    fc.property(logits, noise, (values, errors) => {
      const rounded = values.map((value, i) => value + (errors[i] ?? 0));
      expect(answerDifference([place(values)], [place(rounded)])).toBeLessThan(MOST_ROUNDING);
    }),
  );
});

it('does not let pass other words, one word for everything, or no numbers', () => {
  const sure = place([9, 0, 0, 0, 0, 0, 0, 0]);
  const wrong = place([0, 9, 0, 0, 0, 0, 0, 0]);
  const flat = place([0, 0, 0, 0, 0, 0, 0, 0]);
  for (const bad of [wrong, flat]) {
    expect(answerDifference([sure], [bad])).toBeGreaterThan(MOST_ROUNDING);
    expect(answerDifference([sure, sure], [sure, bad])).toBeGreaterThan(MOST_ROUNDING);
  }
  const none = { token: 0, likely: [{ token: 0, probability: Number.NaN }] };
  expect(answerDifference([sure], [none])).toBe(1);
  expect(answerDifference([sure], [{ token: 0, likely: [] }])).toBe(1);
  expect(answerDifference([], [])).toBe(1);
});

it('compares up to the first other token, which its probabilities must explain', () => {
  const tie = (taken: number): AnswerPlace => place([3, 3, 0, 0, 0, 0, 0, 0], taken);
  const [here, there] = [place([9, 0, 0, 0, 0, 0, 0, 0]), place([0, 0, 0, 0, 0, 0, 0, 9])];
  expect(answerDifference([tie(0), here], [tie(1), there])).toBe(0);
  expect(answerDifference([tie(0), here], [tie(0), there])).toBeGreaterThan(0.9);
  // An answer that ends where the other goes on is another answer.
  expect(answerDifference([tie(0), here], [tie(0)])).toBe(1);
  expect(answerDifference([tie(0)], [tie(0), here])).toBe(1);
});

it('counts what the named tokens leave over', () => {
  const named = (probability: number): AnswerPlace => ({ token: 1, likely: [{ token: 1, probability }] });
  expect(answerDifference([named(0.9)], [named(0.5)])).toBeCloseTo(0.4);
});
