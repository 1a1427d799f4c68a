import { expect, it } from 'vitest';
import { readAnswerPlaces } from './read-places';

const answer = (content: unknown): unknown => ({ choices: [{ text: ' a', logprobs: { content } }] });
const one = {
  id: 5,
  token: ' a',
  bytes: [32, 97],
  prob: 0.5,
  top_probs: [{ id: 5, token: ' a', prob: 0.5 }],
};

it('reads tokens and probabilities', () => {
  expect(readAnswerPlaces(answer([one, { ...one, id: 6 }]))).toEqual([
    { token: 5, likely: [{ token: 5, probability: 0.5 }] },
    { token: 6, likely: [{ token: 5, probability: 0.5 }] },
  ]);
});

it.each([
  ['no answer', null],
  ['an answer without probabilities', { choices: [{ text: ' a', logprobs: null }] }],
  ['no places', answer([])],
  // JSON has no word for what broken arithmetic gives.
  ['a probability that is no number', answer([{ ...one, top_probs: [{ id: 5, prob: null }] }])],
  ['a token that is no number', answer([{ ...one, id: null }])],
])('refuses %s', (_, given) => {
  expect(() => readAnswerPlaces(given)).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({ kind: 'engine-failed' }) as unknown,
    }) as Error,
  );
});
