import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../core/dataset/rows';
import { encodeRow } from '../core/dataset/encode';
import { readSeedFile } from '../core/dataset/seed-file';
import { runId } from '../core/ids';
import type { Task } from '../core/task';
import { complete, identified, machineTask, poolSeeds } from '../testing/tiny-pool';
import { collect } from '../io/collect';
import { csvRow } from '../io/csv-writer';
import { checkFormat } from './checks';
import { FORMATS, type FormatId, writeFormat } from './formats';

const RUN = runId(1);
const SEED = 5;
/** Any text of UTF-16 units, half characters too; files cannot hold those, so they are left to JSON alone. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '=1+1',
    '@SUM(A1)',
    "'=1",
    '-1',
    '\t=1',
    '\n',
    'a;=b',
    '"',
    '<img src=x onerror=alert(1)>',
    '',
    '，',
    '＝1',
  ),
);
const tasks = fc
  .array(
    fc.record({
      instruction: anyText,
      instances: fc.array(fc.record({ input: anyText, output: anyText }), { maxLength: 3 }),
    }),
    { maxLength: 5 },
  )
  .map((list): Task[] => [
    ...poolSeeds(RUN),
    ...list.map(({ instruction, instances }, i): Task => {
      const task = complete(machineTask(RUN, i, instruction));
      return task.stage === 'complete' ? { ...task, instances } : task;
    }),
    machineTask(RUN, 90),
    identified(machineTask(RUN, 91)),
  ]);

async function write(id: FormatId, pool: readonly Task[], withSeeds = false): Promise<string> {
  const format = FORMATS.find((one) => one.id === id);
  if (!format) throw new Error(id);
  // eslint-disable-next-line @typescript-eslint/require-await
  const pages = (async function* () {
    for (let i = 0; i < pool.length; i += 3) yield pool.slice(i, i + 3);
  })();
  const pieces = writeFormat(format, pages, { withSeeds, seed: SEED });
  return (await collect(pieces, format.type, new AbortController().signal)).text();
}
const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

/** RFC 4180 to the letter: throws on anything it does not allow. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        at++;
        for (;;) {
          if (at >= text.length) throw new Error('open quote');
          if (text[at] !== '"') cell += text[at++] ?? '';
          else if (text[at + 1] === '"') {
            cell += '"';
            at += 2;
          } else break;
        }
        at++;
      } else {
        while (at < text.length && !',\r\n"'.includes(text[at] ?? '')) cell += text[at++] ?? '';
      }
      row.push(cell);
      if (text[at] === ',') at++;
      else if (text.startsWith('\r\n', at)) {
        at += 2;
        break;
      } else throw new Error(`unexpected ${JSON.stringify(text.slice(at, at + 5))}`);
    }
    rows.push(row);
  }
  return rows;
}
const withoutGuard = (cell: string): string =>
  cell.replace(/^'(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/u, '');
const wanted = (pool: readonly Task[], withSeeds: boolean) =>
  pool.filter(({ origin }) => withSeeds || origin === 'machine').flatMap((task) => rowsOf(task));

describe('CSV', () => {
  it('is read back by a strict reader as it was, for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { minLength: 2, maxLength: 5 }), { maxLength: 5 }), (rows) => {
        const back = readCsv(rows.map((row) => csvRow(row)).join(''));
        expect(back.map((row) => row.map(withoutGuard))).toEqual(rows);
      }),
    );
  });
  it('has no cell that a spreadsheet would take for a formula', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(readCsv(csvRow([text, 'x']))[0]?.[0]).not.toMatch(/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u);
      }),
    );
    expect(csvRow(['=HYPERLINK("x")', '\tSUM', "it's"])).toBe(`"'=HYPERLINK(""x"")","'\tSUM",it's\r\n`);
  });
});

describe('each format is read back with the same rows', () => {
  const check = (id: FormatId, withSeeds: boolean, verify: (text: string, pool: readonly Task[]) => void) =>
    fc.assert(
      fc.asyncProperty(tasks, async (pool) => verify(await write(id, pool, withSeeds), pool)),
      { numRuns: 40 },
    );

  it('Alpaca', async () => {
    await check('alpaca', true, (text, pool) => {
      expect(JSON.parse(text)).toEqual(
        wanted(pool, true).map(({ instruction, input, output }) => ({ instruction, input, output })),
      );
    });
    expect(JSON.parse(await write('alpaca', []))).toEqual([]);
  });
  it('ShareGPT and OpenAI chat', async () => {
    const ask = ({ instruction, input }: { instruction: string; input: string }): string =>
      input ? `${instruction}\n\n${input}` : instruction;
    await check('sharegpt', false, (text, pool) => {
      expect(JSON.parse(text)).toEqual(
        wanted(pool, false).map((row) => ({
          conversations: [
            { from: 'human', value: ask(row) },
            { from: 'gpt', value: row.output },
          ],
        })),
      );
    });
    await check('openai-chat', true, (text, pool) => {
      expect(lines(text)).toEqual(
        wanted(pool, true).map((row) => ({
          messages: [
            { role: 'user', content: ask(row) },
            { role: 'assistant', content: row.output },
          ],
        })),
      );
    });
  });
  it('prompt and completion, instances', async () => {
    await check('prompt-completion', true, (text, pool) => {
      expect(lines(text)).toEqual(
        wanted(pool, true).map((row) => ({
          ...encodeRow(row, SEED),
          row: {
            id: row.id.replace('r0001-', ''),
            instruction: row.instruction,
            input: row.input,
            output: row.output,
            is_classification: row.isClassification,
          },
        })),
      );
    });
    await check('instances', false, (text, pool) => {
      expect(lines(text)).toEqual(
        wanted(pool, false).map(({ instruction, input, output }) => ({ instruction, input, output })),
      );
    });
  });
  it('CSV', async () => {
    await check('csv', true, (text, pool) => {
      const [head, ...rows] = readCsv(text);
      expect(head).toEqual(['id', 'instruction', 'input', 'output', 'is_classification']);
      expect(rows.map((row) => row.map(withoutGuard))).toEqual(
        wanted(pool, true).map((row) => [
          row.id.replace('r0001-', ''),
          row.instruction,
          row.input,
          row.output,
          String(row.isClassification),
        ]),
      );
    });
  });
  it('seed tasks: they are seeds of a next run', async () => {
    const pool = [...poolSeeds(RUN), complete(machineTask(RUN, 0, 'Name a thing that is round.'), 2)];
    const file = readSeedFile(await write('seed-tasks', pool, true));
    expect(file.problems).toEqual([]);
    expect(file.seeds.at(-1)).toMatchObject({
      instruction: 'Name a thing that is round.',
      instances: [
        { input: 'input 0', output: 'output 0' },
        { input: 'input 1', output: 'output 1' },
      ],
    });
  });
  it('machine instructions: neighbours by their text, a removed one by its id', async () => {
    const first = machineTask(RUN, 0, 'First of all.');
    const second: Task = {
      ...machineTask(RUN, 1, 'Second of all.'),
      provenance: {
        ...machineTask(RUN, 1).provenance,
        mostSimilar: [
          { id: first.id, rougeL: 0.5 },
          { id: machineTask(RUN, 77).id, rougeL: 0.25 },
        ],
      },
    };
    const [, row] = lines(await write('machine-instructions', [...poolSeeds(RUN), first, second]));
    expect(row).toMatchObject({
      instruction: 'Second of all.',
      most_similar: { 'First of all.': 0.5, 'm000077-000': 0.25 },
      metadata: { id: 'm000001-000' },
      request_idx: 1,
    });
  });
  it('names tasks alike whatever the run is called', async () => {
    const pool = (run: typeof RUN): Task[] => [...poolSeeds(run), complete(machineTask(run, 0))];
    for (const id of ['csv', 'seed-tasks', 'machine-instructions'] as const) {
      expect(await write(id, pool(runId(8)), true)).toBe(await write(id, pool(RUN), true));
    }
  });
  it('data set with origins: every machine instruction, whatever the run is called', async () => {
    const pool = (run: typeof RUN): Task[] => [
      ...poolSeeds(run),
      complete(machineTask(run, 0)),
      machineTask(run, 1),
    ];
    const text = await write('dataset', pool(RUN), true);
    expect(lines(text)).toHaveLength(2);
    expect(await write('dataset', pool(runId(8)))).toBe(text);
  });
});

describe('characters that some readers refuse', () => {
  const odd = { ...complete(machineTask(RUN, 0, 'Name a half \ud83d and a \u0000.'), 1) };
  async function* pages(): AsyncGenerator<readonly Task[]> {
    await Promise.resolve();
    yield [odd];
  }
  it.each(FORMATS.map(({ id }) => id))('%s: a check that is no requirement names them', async (id) => {
    const { results } = await checkFormat(
      id,
      pages(),
      { withSeeds: true, seed: SEED },
      new AbortController().signal,
    );
    const failing = results.filter(({ failing }) => failing > 0);
    expect(failing.map(({ title }) => title).join()).toMatch(/lone surrogate|NUL/u);
    expect(failing.every(({ needed }) => !needed)).toBe(true);
  });
});
