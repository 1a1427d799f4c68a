import { expect, it } from 'vitest';
import type { Answer, EvaluatedModel, EvaluationTask } from './evaluation';
import { type AnswerSheet, gains, modelFigures, pairFigures, partFigures, partsOf, scored } from './figures';
import { RESAMPLING, runToEnd } from './resampling';
import { Scorer } from './score';

const task = (i: number, more: Partial<EvaluationTask> = {}): EvaluationTask => ({
  id: `t${i}`,
  instruction: 'Say it.',
  input: '',
  references: ['one two three four'],
  isClassification: null,
  ...more,
});
const TASKS = [
  task(0, { app: 'Email' }),
  task(1, { app: 'Email', input: 'a b', isClassification: true }),
  task(2, { input: 'word '.repeat(60), isClassification: false, references: ['yes'] }),
];
const model: EvaluatedModel = {
  key: 'm01',
  name: 'M',
  modelId: null,
  origin: 'predictions',
  hash: '',
  finished: true,
  seconds: 0,
};
const scorer = new Scorer({ stem: false, tokens: 'ascii' });
const sheet = (...texts: (string | null)[]): AnswerSheet =>
  texts.map((text, i) => {
    const asked = TASKS[i];
    if (text === null || !asked) return undefined;
    const answer: Answer = {
      id: `e0001-m01-${i}`,
      evaluationId: 'e0001',
      modelKey: 'm01',
      taskId: asked.id,
      outcome: text === 'LONG' ? 'too-long' : 'answered',
      text: text === 'LONG' ? '' : text,
      finishReason: text.endsWith('…') ? 'length' : 'stop',
      promptTokens: 1,
      completionTokens: 2,
      seconds: 0,
      createdAt: 0,
    };
    return scored(scorer, asked, answer);
  });

it('counts answers, those that did not fit as zeros, and missing ones not at all', () => {
  const figures = runToEnd(modelFigures(model, sheet('one two three four', 'LONG', null), RESAMPLING));
  expect(figures).toMatchObject({ answers: 2, tooLong: 1, cut: 0, empty: 0, tokens: 4, words: 2 });
  expect(figures.rougeL?.mean).toBe(50);
  expect(figures.exact?.mean).toBe(50);
  expect(runToEnd(modelFigures(model, sheet(null), RESAMPLING)).rougeL).toBeNull();
});

it('compares two models on the tasks that both answered', () => {
  const before = { key: 'm01', sheet: sheet('five', 'one two three four', null) };
  const after = { key: 'm02', sheet: sheet('one two three four', 'one two three four', 'yes') };
  expect(gains(before.sheet, after.sheet, 'rouge-l')).toEqual([100, 0, null]);
  const pair = runToEnd(pairFigures(before, after, 'rouge-l', RESAMPLING));
  expect(pair).toMatchObject({ tasks: 2, wins: 1, ties: 1, losses: 0 });
  expect(pair?.test.difference).toBe(50);
  expect(runToEnd(pairFigures({ key: 'x', sheet: [] }, after, 'exact', RESAMPLING))).toBeNull();
});

it('parts a set by app, type and lengths', () => {
  const labels = (kind: Parameters<typeof partsOf>[1]): (string | number)[][] =>
    partsOf(TASKS, kind).map(({ label, places }) => [label, ...places]);
  expect(labels('app')).toEqual([
    ['Email', 0, 1],
    ['not named', 2],
  ]);
  expect(labels('type')).toEqual([
    ['classification', 1],
    ['not known', 0],
    ['other tasks', 2],
  ]);
  expect(labels('reference')).toEqual([
    ['1 word', 2],
    ['2 to 5 words', 0, 1],
  ]);
  expect(labels('input')).toEqual([
    ['no input', 0],
    ['2 to 5 words', 1],
    ['more than 50 words', 2],
  ]);
  const [email] = partsOf(TASKS, 'app');
  if (!email) throw new Error('there is a part');
  const { models } = runToEnd(
    partFigures(email, [sheet('one two three four', 'no', 'yes'), []], 'rouge-l', RESAMPLING),
  );
  expect(models.map((interval) => interval?.mean ?? null)).toEqual([50, null]);
});
