import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRow } from '../core/dataset/encode';
import { type Row, rowsOf } from '../core/dataset/rows';
import { candidateId, runId, seedId } from '../core/ids';
import type { BackupRow } from '../core/ports';
import type { Instance, MachineTask, Task } from '../core/task';
import { collect } from '../export/collect';
import { FORMATS, type FormatId, writeFormat } from '../export/formats';
import { writeParquet } from '../export/parquet';
import { machineTask } from '../testing/tiny-pool';
import { type CheckedDataSet, checkDataFile, readDataFile } from './data-file';

const never = new AbortController().signal;
const RUN = runId(3);
const SEED = 5;

async function* pages(tasks: readonly Task[]): AsyncGenerator<readonly Task[]> {
  await Promise.resolve();
  for (let at = 0; at < tasks.length; at += 7) yield tasks.slice(at, at + 7);
}
const task = (i: number, instruction: string, instances: readonly Instance[], yes = false): MachineTask => {
  const plain = machineTask(RUN, i, instruction);
  return {
    ...plain,
    stage: 'complete',
    isClassification: yes,
    instances,
    dropped: [],
    provenance: {
      ...plain.provenance,
      exemplars: [seedId(RUN, 1), candidateId(RUN, 0, 3)],
      mostSimilar: [{ id: seedId(RUN, 2), rougeL: 0.25 }],
      meanSimilarity: 0.125,
    },
  };
};

async function fileOf(id: FormatId | 'parquet', tasks: readonly Task[], typed = true): Promise<File> {
  const options = { withSeeds: true, seed: SEED, typed };
  const format = FORMATS.find((one) => one.id === id);
  const pieces = format ? writeFormat(format, pages(tasks), options) : writeParquet(pages(tasks), options);
  // The name says nothing of what is inside.
  return new File([await collect(pieces, '', never)], 'some-file.bin');
}
async function imported(file: File): Promise<{ checked: CheckedDataSet; tasks: MachineTask[] }> {
  const checked = await checkDataFile(file, never);
  if (checked.kind !== 'dataset') throw new Error('a backup');
  const rows: BackupRow[] = [];
  for await (const page of readDataFile(checked, never)) rows.push(...page);
  const tasks = rows.map(({ row }) => row as MachineTask);
  expect(tasks).toHaveLength(checked.tasks);
  return { checked, tasks };
}
const content = ({ instruction, input, output }: Row): unknown => [instruction, input, output];
const withType = (row: Row): unknown => [content(row), row.isClassification];

// Lone halves of characters have no UTF-8; the text of a cell is otherwise anything.
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('"', '""', "'", ',', ';', '\t', '\n', '\r', '\r\n', '\\', ' ', 'a', '|'), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '=1+1',
      "'=1",
      "''+",
      '-3',
      '@x',
      '\uff1d1',
      '\ufeffmark',
      '\u0000',
      '__proto__',
      '{"a":1}',
      'مرحبا',
      '👩‍👩‍👧‍👦',
      '\u2028',
      '\u0085',
      '---',
      '<script>',
    ),
  },
);
const instruction = anyText.map((text) => (text.trim() === '' ? `Do this.${text}` : text));
const anyTasks = fc
  .array(
    fc.record({
      instruction,
      yes: fc.boolean(),
      instances: fc.array(fc.record({ input: anyText, output: anyText }), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) => all.map((one, i) => task(i, one.instruction, one.instances, one.yes)));

/** Formats that hold instruction, input and output apart, and whether they hold the type too. */
const EXACT: readonly (readonly [FormatId | 'parquet', boolean])[] = [
  ['alpaca', false],
  ['instances', false],
  ['csv', true],
  ['parquet', true],
  ['seed-tasks', true],
  ['dataset', true],
];

describe('what is exported is imported again', () => {
  it.each(EXACT)('%s: the same rows', async (id, typed) => {
    await fc.assert(
      fc.asyncProperty(anyTasks, async (all) => {
        const { checked, tasks } = await imported(await fileOf(id, all));
        expect(checked.badLines).toBe(0);
        expect(checked.typed).toBe(typed);
        const view = typed ? withType : content;
        expect(tasks.flatMap(rowsOf).map(view)).toEqual(all.flatMap(rowsOf).map(view));
        expect(checked.progress.instances).toBe(all.flatMap(rowsOf).length);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['csv', 'parquet', 'seed-tasks', 'dataset'] as const)(
    '%s: the same tasks with their instances',
    async (id) => {
      await fc.assert(
        fc.asyncProperty(anyTasks, async (all) => {
          const { tasks } = await imported(await fileOf(id, all));
          expect(tasks.map(({ instruction: text }) => text)).toEqual(
            all.map(({ instruction: text }) => text),
          );
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(['openai-chat', 'sharegpt'] as const)(
    '%s: questions and answers, and the same file again',
    async (id) => {
      await fc.assert(
        fc.asyncProperty(anyTasks, async (all) => {
          const file = await fileOf(id, all);
          const { tasks } = await imported(file);
          expect(tasks.flatMap(rowsOf).map(content)).toEqual(
            all
              .flatMap(rowsOf)
              .map((row) => [
                row.input ? `${row.instruction}\n\n${row.input}` : row.instruction,
                '',
                row.output,
              ]),
          );
          expect(await (await fileOf(id, tasks)).text()).toBe(await file.text());
        }),
        { numRuns: 60 },
      );
    },
  );

  it('prompt and completion: what a model is trained on, without layout and end token', async () => {
    await fc.assert(
      fc.asyncProperty(anyTasks, async (all) => {
        const wanted = all.flatMap(rowsOf).map((row) => encodeRow(row, SEED));
        const kept = wanted.filter(({ prompt }) => prompt.trim() !== '');
        const { tasks } = await imported(await fileOf('prompt-completion', all));
        expect(tasks.flatMap(rowsOf).map(content)).toEqual(
          kept.map(({ prompt, completion }) => [
            prompt.trim(),
            '',
            completion.replace(/<\|endoftext\|>$/u, '').trim(),
          ]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('machine instructions: the instructions', async () => {
    await fc.assert(
      fc.asyncProperty(anyTasks, async (all) => {
        const { tasks } = await imported(await fileOf('machine-instructions', all));
        expect(tasks.map((one) => [one.instruction, one.stage])).toEqual(
          all.map((one) => [one.instruction, 'instruction']),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('data set with origins: ids, parents and neighbours, and the same file again', async () => {
    await fc.assert(
      fc.asyncProperty(anyTasks, async (all) => {
        const file = await fileOf('dataset', all);
        const { tasks } = await imported(file);
        expect(await (await fileOf('dataset', tasks)).text()).toBe(await file.text());
      }),
      { numRuns: 30 },
    );
  });

  it.each([...EXACT.map(([id]) => id), 'openai-chat', 'sharegpt'] as const)(
    '%s: cells of one megabyte',
    async (id) => {
      const long = 'é"\n,\t'.repeat(200_000);
      const all = [
        task(0, `Copy.${long}`, [{ input: '', output: long }]),
        task(1, 'Next.', [{ input: 'a', output: '' }]),
      ];
      const { tasks, checked } = await imported(await fileOf(id, all));
      expect(checked.badLines).toBe(0);
      expect(tasks.flatMap(rowsOf).map(({ output }) => output)).toEqual([long, '']);
      expect(tasks[0]?.instruction === all[0]?.instruction).toBe(true);
    },
  );

  it.each(['csv', 'parquet', 'seed-tasks', 'dataset'] as const)(
    '%s: a type that nobody said is not made up',
    async (id) => {
      const all = [task(0, 'Name a bird.', [{ input: '', output: 'Robin' }])];
      const { checked, tasks } = await imported(await fileOf(id, all, false));
      expect(checked).toMatchObject({ typed: false, badLines: 0, rows: 1 });
      expect(tasks[0]).toMatchObject({ stage: 'complete' });
    },
  );
});

describe('a data set from elsewhere', () => {
  const from = (text: string, name = 'x'): File => new File([text], name);
  it('tells bad rows by line and keeps the others', async () => {
    const lines = [
      '{"instruction":"Name a bird.","input":"","output":"Robin"}',
      '{"instruction":"","output":"x"}',
      'not json',
      '{"messages":[]}',
      '{"instruction":"Name a fish.","output":7}',
      '{"instruction":"Name a tree.","output":"Oak","history":[["a","b"]]}',
      '{"instruction":"Name a flower.","output":"Rose"}',
    ];
    const { checked } = await imported(from(lines.join('\n'), 'data.csv'));
    expect(checked.tasks).toBe(2);
    expect(checked.problems.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '2: the instruction is empty',
      '3: this is no JSON object: it is cut short or misspelled',
      expect.stringContaining('4: it is not like the rows before') as string,
      '5: "output" should be string, but is 7',
      '6: "history" has more entries than can be read',
    ]);
  });
  it.each([
    ['semicolons', 'instruction;input;output\nName a bird.;;Robin\n', 'Robin'],
    ['tabs and other names', 'Question\tAnswer\r\nName a bird.\t"Ro""bin"\r\n', 'Ro"bin'],
    [
      'a mark and quoted line breaks',
      '\ufeffinstruction,output\n"Name\na bird.","Robin,\r\nred"',
      'Robin,\r\nred',
    ],
  ])('CSV with %s is read', async (_, text, output) => {
    const { tasks } = await imported(from(text));
    expect(tasks.flatMap(rowsOf).map((row) => row.output)).toEqual([output]);
  });
  it('a conversation of more turns, or one that begins with an answer, is refused by line', async () => {
    const turn = (role: string, content: string) => ({ role, content });
    const rows = [
      [turn('system', 'Be brief.'), turn('user', 'Hi'), turn('assistant', 'Hello')],
      [turn('user', 'Hi'), turn('assistant', 'Hello'), turn('user', 'Bye'), turn('assistant', 'Bye')],
      [turn('assistant', 'Hello')],
    ];
    const { checked, tasks } = await imported(from(JSON.stringify(rows.map((messages) => ({ messages })))));
    expect(tasks[0]?.instruction).toBe('Be brief.\n\nHi');
    expect(checked.badLines).toBe(2);
  });
  it('that is none is refused with the reason', async () => {
    for (const text of ['', 'Dear diary', '{"a":1}', '[]', '%PDF-1.4', '\u0000\u0001']) {
      await expect(checkDataFile(from(text), never)).rejects.toThrow();
    }
  });
});
