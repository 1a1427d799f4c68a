import { expect, it } from 'vitest';
import type { EvaluationTask } from './evaluation';
import { PredictionReader } from './predictions';

const TASKS: readonly EvaluationTask[] = [
  { id: 'a', instruction: 'Add.', input: '1 2', references: ['3'], isClassification: null },
  { id: 'b', instruction: 'Add.', input: '2 2', references: ['4'], isClassification: null },
  { id: 'c', instruction: 'Greet.', input: '', references: ['Hello'], isClassification: null },
];
const read = (...rows: unknown[]): ReturnType<PredictionReader['result']> => {
  const reader = new PredictionReader(TASKS);
  for (const [i, row] of rows.entries()) {
    reader.add({ line: i + 1, text: typeof row === 'string' ? row : JSON.stringify(row) });
  }
  return reader.result();
};

it("reads lines as in the paper's released predictions, without ids", () => {
  const { answers } = read(
    {
      prompt: 'Add.\n\nInput: 2 2\nOutput:',
      instruction: 'Add.\n',
      input: '2 2',
      response: ' 4',
      target: '4',
    },
    {
      instruction: 'Greet.',
      instances: [{ input: '', output: 'Hello' }],
      response: { choices: [{ text: 'Hi' }] },
    },
  );
  expect([...answers]).toEqual([
    [1, ' 4'],
    [2, 'Hi'],
  ]);
});

it('finds tasks by id, but not when the instruction is another', () => {
  const { answers, strangers, repeated } = read(
    { id: 'a', prediction: '3' },
    { id: 'b', instruction: 'Subtract.', input: '2 2', response: '0' },
    { id: 'a', response: 'again' },
    { id: 'zz', response: 'whose?' },
    { id: 'zz', instruction: 'Greet.', response: { choices: [{ message: { content: 'Hey' } }] } },
  );
  expect([...answers]).toEqual([
    [0, '3'],
    [2, 'Hey'],
  ]);
  expect([strangers, repeated]).toEqual([2, 1]);
});

it('notes lines without an answer', () => {
  const { problems, answers } = read(
    '{"id":',
    { id: 'a' },
    { id: 'a', response: 5 },
    { id: 'a', response: 'x'.repeat(20_001) },
  );
  expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  expect(answers.size).toBe(0);
});

it('refuses an answer that cannot be stored as it is, and says which line', () => {
  const { answers, problems } = read(
    { id: 'a', response: 'half \ud83d' },
    { id: 'b', response: 'a\u0000b' },
    { id: 'c', response: 'whole 😀' },
  );
  expect([...answers]).toEqual([[2, 'whole 😀']]);
  expect(problems).toEqual([
    { line: 1, reason: 'a text contains half of a character (a lone surrogate)' },
    { line: 2, reason: 'a text contains a NUL character' },
  ]);
});
