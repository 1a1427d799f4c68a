import { expect, it } from 'vitest';
import { readPredictions, readTaskFiles } from './task-files';

const signal = new AbortController().signal;
const superNI = {
  Definition: ['Add.'],
  Instances: [
    { input: '1 2', output: ['3', 'three'] },
    { input: '2 2', output: ['4'] },
  ],
};

it('reads several files of different forms into one set', async () => {
  const { tasks, badLines, problems } = await readTaskFiles(
    [
      new File([JSON.stringify(superNI, null, 2)], 'task1_add.json'),
      new File([JSON.stringify(superNI).replace('Add.', 'Sum.')], 'task2.json'),
      new File(['{"id":"a","instruction":"Greet.","output":"Hi"}\n{"cut'], 'mine.jsonl'),
      new File(
        ['[{"instruction":"Count.","target":"1"},\n{"instruction":"Sing.","target":"la"}]'],
        'list.json',
      ),
    ],
    1,
    signal,
  );
  expect(tasks.map(({ id }) => id)).toEqual(['task1_add-0', 'task2-0', 'a', 'list.json:1', 'list.json:2']);
  expect(badLines).toBe(1);
  expect(problems).toEqual([{ line: 2, reason: expect.stringMatching(/^mine\.jsonl: /u) as string }]);
});

it('says why nothing can be asked', async () => {
  const read = (content: string): Promise<unknown> =>
    readTaskFiles([new File([content], 'x.jsonl')], 100, signal);
  await expect(read('')).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
  await expect(read('{"instruction":"No answer"}')).rejects.toMatchObject({
    failure: { detail: expect.stringContaining('nothing to compare with') as string },
  });
  await expect(
    readTaskFiles([new File([new Uint8Array([0x1f, 0x8b, 0, 0])], 'x.gz')], 1, signal),
  ).rejects.toMatchObject({
    failure: { detail: expect.stringContaining('gzip') as string },
  });
});

it('reads answers, and refuses those to another set', async () => {
  const { tasks } = await readTaskFiles([new File([JSON.stringify(superNI)], 'add.json')], 100, signal);
  const file = new File(['{"instruction":"Add.","input":"2 2","response":"4"}'], 'answers.jsonl');
  expect([...(await readPredictions(file, tasks, signal)).answers]).toEqual([[1, '4']]);
  const other = new File(['{"instruction":"Else","response":"4"}'], 'answers.jsonl');
  await expect(readPredictions(other, tasks, signal)).rejects.toMatchObject({
    failure: { kind: 'bad-file' },
  });
});

it('refuses one line of a name that is there twice, also the first, and reads the others', async () => {
  const twice = '{"instruction":"Greet.","output":"Hi","output":"Ho"}';
  const { tasks, problems } = await readTaskFiles(
    [new File([`${twice}\n{"id":"b","instruction":"Sing.","output":"la"}`], 'mine.jsonl')],
    1,
    signal,
  );
  expect(tasks.map(({ id }) => id)).toEqual(['b']);
  expect(problems).toMatchObject([{ line: 1, reason: expect.stringContaining('"output" twice') as string }]);
});
