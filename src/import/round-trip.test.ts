import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRow } from '../core/dataset/encode';
import { type Row, rowsOf } from '../core/dataset/rows';
import { candidateId, labelOf, runId, seedId } from '../core/ids';
import type { BackupRow } from '../core/ports';
import type { Instance, MachineTask, Task } from '../core/task';
import { collect } from '../io/collect';
import type { DataFormatId } from '../export/data-formats';
import { FORMATS, type FormatId, writeFormat } from '../export/formats';
import { writeParquet } from '../export/parquet';
import { type PassportSource, planPassport, writePassport } from '../export/passport/passport';
import { manyTasks } from '../testing/many-tasks';
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

async function fileOf(
  id: FormatId | 'parquet',
  tasks: readonly Task[],
  typed = true,
  byteOrderMark = false,
): Promise<File> {
  const options = { withSeeds: true, seed: SEED, typed, byteOrderMark };
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
/** A whole passport without a backup, so that its data files are read. */
async function passportOf(all: readonly Task[], format: DataFormatId, share: number): Promise<File> {
  const { run, progress } = manyTasks(3, { seeds: 0, machines: 0, rejected: 0 });
  const none = (): AsyncGenerator<never> => pages([]) as AsyncGenerator<never>;
  const source: PassportSource = {
    scanTasks: () => pages(all),
    scanCandidates: none,
    scanCalls: none,
    scanRatings: none,
    calls: () => Promise.resolve([]),
    run: () => Promise.resolve({ run, progress }),
  };
  const choice = {
    ...{ formats: [format], withSeeds: false, share, splitSeed: 1 },
    ...{ withBackup: false, withoutRejected: false },
  };
  const plan = await planPassport(source, { run, progress }, choice, never);
  return new File([await writePassport(source, plan, 1, '0', never, () => undefined)], 'some-file.bin');
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
  ['prompt-completion', true],
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

  it.each(['csv', 'parquet', 'seed-tasks', 'dataset', 'prompt-completion'] as const)(
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

  it('CSV with a byte order mark, which other formats never have: the same rows', async () => {
    const all = [task(0, 'Nomme un oiseau : é.', [{ input: '', output: 'Rouge-gorge' }])];
    const first = async (id: FormatId): Promise<string> =>
      (
        await (
          await fileOf(id, all, true, true)
        )
          .arrayBuffer()
          .then((bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
      ).slice(0, 1);
    expect(await first('csv')).toBe('\ufeff');
    expect(await first('alpaca')).toBe('[');
    const { tasks } = await imported(await fileOf('csv', all, true, true));
    expect(tasks.flatMap(rowsOf).map(content)).toEqual(all.flatMap(rowsOf).map(content));
  });

  it('prompt and completion: the same rows in the file again, and nothing to tell', async () => {
    const rowsIn = async (file: File): Promise<unknown[]> =>
      (await file.text())
        .split('\n')
        .flatMap((line) => (line ? [(JSON.parse(line) as { row: unknown }).row] : []));
    await fc.assert(
      fc.asyncProperty(anyTasks, async (all) => {
        const file = await fileOf('prompt-completion', all);
        const { checked, tasks } = await imported(file);
        expect(checked.odd.map(({ kind }) => kind)).not.toContain('wholePrompt');
        expect(await rowsIn(await fileOf('prompt-completion', tasks))).toEqual(await rowsIn(file));
      }),
      { numRuns: 40 },
    );
  });

  it('prompts without their rows, or edited ones: each whole prompt is an instruction, and that is told', async () => {
    await fc.assert(
      fc.asyncProperty(anyTasks, fc.boolean(), async (all, edited) => {
        const wanted = all
          .flatMap(rowsOf)
          .map((row) => ({ row, example: encodeRow(row, SEED) }))
          .filter(({ example }) => example.prompt.trim() !== '');
        fc.pre(wanted.length > 0);
        const lines = wanted.map(({ row, example: { prompt, completion } }) =>
          JSON.stringify(
            edited
              ? { prompt, completion: ` Better:${completion}`, row: { ...row, is_classification: true } }
              : { prompt, completion },
          ),
        );
        const { checked, tasks } = await imported(new File([lines.join('\n')], 'x'));
        expect(checked.odd.find(({ kind }) => kind === 'wholePrompt')).toMatchObject({
          count: wanted.length,
          line: 1,
        });
        expect(tasks.flatMap(rowsOf).map(content)).toEqual(
          wanted.map(({ example: { prompt, completion } }) => [
            prompt.trim(),
            '',
            `${edited ? 'Better:' : ''}${completion}`.replace(/<\|endoftext\|>$/u, '').trim(),
          ]),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('machine instructions: ids, instructions and scores, and the same file again', async () => {
    await fc.assert(
      fc.asyncProperty(anyTasks, fc.nat(), async (some, shift) => {
        // Each names one before it, by its text; seeds are not in such a file.
        const texts = new Set<string>();
        const all = some
          .filter(({ instruction: text }) => !texts.has(text) && text !== '__proto__' && texts.add(text))
          .map((one, i, list): MachineTask => {
            const other = i > 0 ? list[shift % i] : undefined;
            const mostSimilar = other ? [{ id: other.id, rougeL: 0.5 }] : [];
            return { ...one, provenance: { ...one.provenance, mostSimilar } };
          });
        fc.pre(all.length > 0);
        const file = await fileOf('machine-instructions', all);
        const { tasks } = await imported(file);
        expect(tasks.map((one) => [labelOf(one.id), one.instruction, one.stage])).toEqual(
          all.map((one) => [labelOf(one.id), one.instruction, 'instruction']),
        );
        const again = await (await fileOf('machine-instructions', tasks)).text();
        expect(again.replaceAll('"model":"imported"', '')).toBe(
          (await file.text()).replaceAll('"model":"scripted"', ''),
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

  it.each(['csv', 'parquet', 'dataset', 'machine-instructions', 'prompt-completion'] as const)(
    '%s: every task under its own id',
    async (id) => {
      const all = [3, 5, 8].map((i) =>
        task(i, `Task ${i}.`, [
          { input: '', output: 'a' },
          { input: '', output: 'b' },
        ]),
      );
      const { tasks } = await imported(await fileOf(id, all));
      expect(tasks.map((one) => labelOf(one.id))).toEqual(all.map((one) => labelOf(one.id)));
      if (id !== 'parquet' && id !== 'dataset') return;
      const parents = ({ provenance }: MachineTask): string[] => provenance.exemplars.map(labelOf);
      expect(tasks.map(parents)).toEqual(all.map(parents));
    },
  );

  it.each(['alpaca', 'csv', 'parquet', 'dataset'] as const)(
    'a passport with %s in two parts: the same rows',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(anyTasks, fc.constantFrom(0, 0.3), async (all, share) => {
          const tasks = (await imported(await passportOf(all, format, share))).tasks;
          const sorted = (rows: readonly MachineTask[]): unknown[] =>
            rows
              .flatMap(rowsOf)
              .map((row) => JSON.stringify(content(row)))
              .sort();
          expect(sorted(tasks)).toEqual(sorted(all));
        }),
        { numRuns: 15 },
      );
    },
  );

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
  it('machine instructions: a text of one megabyte', async () => {
    const long = `Copy ${'é"\n,\t'.repeat(200_000)}`;
    const { tasks, checked } = await imported(await fileOf('machine-instructions', [task(0, long, [])]));
    expect(checked.badLines).toBe(0);
    expect(tasks[0]?.instruction === long).toBe(true);
  });

  it.each(['csv', 'parquet', 'seed-tasks', 'dataset', 'prompt-completion'] as const)(
    '%s: a type that nobody said is not made up',
    async (id) => {
      const all = [task(0, 'Name a bird.', [{ input: '', output: 'Robin' }])];
      const { checked, tasks } = await imported(await fileOf(id, all, false));
      expect(checked).toMatchObject({ typed: false, badLines: 0, rows: 1 });
      expect(tasks[0]).toMatchObject({ stage: 'complete' });
    },
  );
});
