import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSeedFile } from '../dataset/seed-file';
import { MAX_INPUT, MAX_TEXT, TaskFileReader, tasksOfSeeds } from './task-file';

const seeds = (name: string): string =>
  readFileSync(new URL(`../../../seeds/${name}`, import.meta.url), 'utf8');
const read = (lines: readonly string[], perTask?: number): ReturnType<TaskFileReader['result']> => {
  const reader = new TaskFileReader(perTask);
  for (const [i, text] of lines.entries()) reader.add({ line: i + 1, text }, 'task001.json');
  return reader.result();
};

it('reads the held-out sets that ship with the app, as seeds and as an imported file alike', () => {
  for (const [name, count] of [
    ['user_tasks.jsonl', 252],
    ['simple_user_tasks.jsonl', 150],
  ] as const) {
    const content = seeds(name);
    const { tasks, badLines } = read(content.split('\n').filter(Boolean));
    expect(tasks).toHaveLength(count);
    expect(badLines).toBe(0);
    const shipped = tasksOfSeeds(readSeedFile(content).seeds);
    // Seed files say nothing about the type where a user task says nothing: it is no classification there.
    expect(shipped).toEqual(
      tasks.map((task) => ({ ...task, isClassification: task.isClassification ?? false })),
    );
    expect(new Set(tasks.map(({ app }) => app)).size).toBeGreaterThan(3);
  }
});

it('reads SuperNI files: the first instances, several references, the category', () => {
  const file = {
    Contributors: ['someone'],
    Categories: ['Question Generation'],
    Definition: ['Write a question.', 'Keep it short.'],
    'Positive Examples': [{ input: 'x', output: 'y', explanation: 'z' }],
    Instances: [
      {
        id: 'task001-a',
        input: 'The sky is blue.',
        output: ['What is blue?', 'Which colour?', 'What is blue?'],
      },
      { id: 'task001-b', input: 'No answer', output: [] },
      { input: 'Grass is green.', output: 'What is green?' },
      { id: 'task001-d', input: 'Over the cap.', output: ['No'] },
    ],
  };
  const { tasks, problems } = read([JSON.stringify(file)], 3);
  expect(tasks).toEqual([
    {
      id: 'task001-a',
      instruction: 'Write a question.\nKeep it short.',
      input: 'The sky is blue.',
      references: ['What is blue?', 'Which colour?'],
      app: 'Question Generation',
      isClassification: null,
    },
    expect.objectContaining({ id: 'task001-2', references: ['What is green?'] }),
  ]);
  expect(problems).toEqual([
    { line: 1, reason: expect.stringContaining('1 of its instances cannot be used') as string },
  ]);
});

it('reads flat lines, and gives ids where there are none or the same', () => {
  const { tasks, duplicates } = read([
    '{"instruction":"Add.","input":"1 2","target":"3"}',
    '{"id":7,"instruction":"Add.","input":"2 2","output":["4","four"]}',
    '{"id":"7","instruction":"Add.","input":"3 3","output":"6"}',
    '{"instruction":"Add.","input":"1 2","output":"3"}',
  ]);
  expect(tasks.map(({ id, references }) => [id, ...references])).toEqual([
    ['task001.json:1', '3'],
    ['7', '4', 'four'],
    ['7_3', '6'],
  ]);
  expect(duplicates).toBe(1);
});

it('refuses what cannot be asked or compared, by line and reason', () => {
  const long = 'x'.repeat(MAX_TEXT + 1);
  const { tasks, problems } = read([
    '{"instruction":"Cut off',
    '[]',
    '{"instruction":"  ","input":"","output":"x"}',
    '{"instruction":"No reference","input":""}',
    '{"instruction":"Empty reference","output":"  "}',
    `{"instruction":"Long","output":"${long}"}`,
    '{"instruction":"Half","output":"\\ud800"}',
    '{"instruction":"No instances","instances":[]}',
    '{"Definition":[],"Instances":[{"input":"a","output":["b"]}]}',
    '{"__proto__":{"output":"x"},"instruction":"Prototype"}',
  ]);
  expect(tasks).toEqual([]);
  expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('takes long inputs, which are compared with nothing', () => {
  const input = 'x'.repeat(41_390);
  const { tasks, problems } = read([
    JSON.stringify({ Definition: ['Sum up.'], Instances: [{ input, output: ['b'] }] }),
    JSON.stringify({ instruction: 'Sum up all.', input: 'x'.repeat(MAX_INPUT + 1), output: 'b' }),
  ]);
  expect(tasks.map((task) => task.input.length)).toEqual([41_390]);
  expect(problems.map(({ line }) => line)).toEqual([2]);
});

it('throws on no content', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
      const { tasks, badLines } = read(lines);
      expect(tasks.every(({ references }) => references.length > 0)).toBe(true);
      expect(badLines + tasks.length).toBeGreaterThanOrEqual(tasks.length);
    }),
  );
});

it('shows positive examples of a SuperNI task below its definition, where that is asked for', () => {
  const task = {
    Definition: ['Add the numbers.'],
    'Positive Examples': [
      { input: '1 1', output: '2', explanation: 'One and one are two.' },
      { input: '1 2', output: '3' },
    ],
    Instances: [{ input: '2 2', output: ['4'] }],
  };
  const read = (examples: number): string | undefined => {
    const reader = new TaskFileReader(100, examples);
    reader.add({ line: 1, text: JSON.stringify(task) }, 'task1.json');
    return reader.result().tasks[0]?.instruction;
  };
  expect(read(0)).toBe('Add the numbers.');
  expect(read(1)).toBe('Add the numbers.\n\nExample 1\nInput: 1 1\nOutput: 2');
  expect(read(2)).toBe(
    'Add the numbers.\n\nExample 1\nInput: 1 1\nOutput: 2\n\nExample 2\nInput: 1 2\nOutput: 3',
  );
});
