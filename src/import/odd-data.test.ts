import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { MachineTask } from '../core/task';
import { rowsOf } from '../core/dataset/rows';
import { complaint } from '../testing/complaint';
import { zipOf } from '../testing/zip-files';
import { type CheckedDataSet, checkDataFile, readDataFile } from './data-file';
import { readTaskFiles } from './task-files';

const never = new AbortController().signal;
const lines = (...rows: readonly object[]): File =>
  new File([rows.map((row) => `${JSON.stringify(row)}\n`).join('')], 'x.jsonl');
async function checked(file: File): Promise<CheckedDataSet> {
  const found = await checkDataFile(file, never);
  if (found.kind !== 'dataset') throw new Error('a backup');
  return found;
}
async function pagesOf(file: File): Promise<MachineTask[][]> {
  const pages: MachineTask[][] = [];
  for await (const rows of readDataFile(await checked(file), never)) {
    pages.push(rows.map(({ row }) => row as MachineTask));
  }
  return pages;
}
const row = (instruction: string, output = 'Robin'): object => ({ instruction, output });

describe('rows that are kept as they are, and told', () => {
  it.each([
    ['half', 'Name a bird \ud83d.'],
    ['control', 'Name a\u0000bird.'],
    ['hidden', 'Name a \u202ebird.'],
    ['hidden', 'Name a\u200b bird.'],
  ] as const)('%s characters, in any text, with count and first row', async (kind, odd) => {
    const file = lines(row('Name a fish.'), row(odd), row('Name a tree.', odd), row('Name a star.'));
    expect((await checked(file)).odd).toEqual([{ kind, count: 2, line: 2, file: null }]);
    const texts = (await pagesOf(file)).flat().flatMap(rowsOf);
    expect(texts.map(({ instruction }) => instruction)).toContain(odd);
    expect(texts.map(({ output }) => output)).toContain(odd);
  });
  it('other scripts and emoji are not odd', async () => {
    const file = lines(row('اكتب رسالة قصيرة'), row('Say 👩‍👩‍👧.'), row('ตั้งชื่อ นก\r\n\tสี่ ตัว'));
    expect((await checked(file)).odd).toEqual([]);
  });
  it('names the file where there are several', async () => {
    const archive = await zipOf({
      'data-train.jsonl': '{"instruction":"Name a bird.","output":"Robin"}\n',
      'data-test.jsonl': '{"instruction":"Name a \\u202efish.","output":"Carp"}\n',
    });
    expect((await checked(archive)).odd).toEqual([
      { kind: 'hidden', count: 1, line: 1, file: 'data-test.jsonl' },
    ]);
  });
  it('ids of 64 bits: exact in Parquet; in JSON those that cannot be read exactly name nothing', async () => {
    const json = new File(
      [
        '{"id":9007199254740992,"instruction":"a","output":"x"}\n{"id":9007199254740993,"instruction":"b","output":"y"}\n',
      ],
      'x.jsonl',
    );
    const read = await checked(json);
    expect(read).toMatchObject({ badLines: 0, tasks: 2, again: 0 });
    expect(read.odd).toEqual([{ kind: 'longId', count: 2, line: 1, file: null }]);
    const column = (name: string, data: string[]) => ({ name, data, type: 'STRING' as const });
    const ids = { name: 'id', data: [1n, 2n ** 53n, 2n ** 53n + 1n], type: 'INT64' as const };
    const table = parquetWriteBuffer({
      columnData: [ids, column('instruction', ['a', 'b', 'c']), column('output', ['x', 'y', 'z'])],
    });
    expect(await checked(new File([table], 'x'))).toMatchObject({ badLines: 0, tasks: 3, again: 0, odd: [] });
  });
  it.each([
    ['CSV', new File(['instruction,output,Output,output\nName a bird.,Robin,Wren,Owl\n'], 'x.csv')],
    [
      'Parquet',
      new File(
        [
          parquetWriteBuffer({
            columnData: (['instruction', 'output', 'output', 'output'] as const).map((name, i) => ({
              name,
              data: [['Name a bird.', 'Robin', 'Wren', 'Owl'][i] ?? ''],
              type: 'STRING' as const,
            })),
          }),
        ],
        'x.parquet',
      ),
    ],
  ])('of columns with one name in %s the first is read and the others are listed', async (_, file) => {
    const found = await checked(file);
    expect(found.first).toMatchObject([{ instruction: 'Name a bird.', output: 'Robin' }]);
    expect(found.unread).toEqual(['output (column 2 of this name)', 'output (column 3 of this name)']);
  });
});

describe('nothing else is lost', () => {
  it('by a name that one object has twice: the row is refused by name, the others are read', async () => {
    const file = new File(
      [
        '{"instruction":"a","output":"x"}\n{"instruction":"b","output":"y","output":"z"}\n',
        '{"instruction":"c","instances":[{"input":"","output":"y","output":"z"}]}\n',
      ],
      'x.jsonl',
    );
    const found = await checked(file);
    expect(found).toMatchObject({ tasks: 1, badLines: 2 });
    expect(found.problems.map(({ line, reason }) => [line, reason])).toEqual([
      [2, expect.stringContaining('"output" twice')],
      [3, expect.stringContaining('"output" twice')],
    ]);
  });
  it('by one bad row in 200,000', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `Name bird ${i}.,Robin\n`);
    rows[123_456] = 'Name a fish.,Carp,too much\n';
    const found = await checked(new File(['instruction,output\n', ...rows], 'x.csv'));
    expect(found).toMatchObject({ tasks: 199_999, badLines: 1 });
    expect(found.problems.map(({ line }) => line)).toEqual([123_458]);
  });
  it('by reading a file twice: it gives the same tasks', async () => {
    const file = lines(row('Name a fish.'), row('Name a tree.'));
    expect(await pagesOf(file)).toEqual(await pagesOf(file));
  });
  it('by an id beyond all numbers', async () => {
    const file = new File(['{"id":1e999,"instruction":"a","output":"x"}\n'], 'x.jsonl');
    expect(await checked(file)).toMatchObject({ tasks: 1, badLines: 0 });
  });
});

describe('what crosses to the page is bounded', () => {
  it('a preview is cut', async () => {
    const { first } = await checked(lines(row('Copy this. '.repeat(100_000), 'x'.repeat(1_000_000))));
    expect(first.map(({ instruction, output }) => [instruction.length, output?.length])).toEqual([
      [400, 400],
    ]);
  });
  it('long tasks are stored a few at a time, short ones by the hundred', async () => {
    const long = (
      await pagesOf(lines(...Array.from({ length: 9 }, (_, i) => row(`Copy ${i}`, 'x'.repeat(900_000)))))
    ).map((page) => page.length);
    expect(long).toEqual([3, 3, 3]);
    const short = await pagesOf(lines(...Array.from({ length: 600 }, (_, i) => row(`Copy ${i}`))));
    expect(short.map((page) => page.length)).toEqual([250, 250, 100]);
  });
  it('rows of one instruction become several tasks before one is too long to store', async () => {
    const output = 'x'.repeat(7_000_000);
    const tasks = (
      await pagesOf(lines(row('Copy.', output), row('Copy.', output), row('Copy.', output)))
    ).flat();
    expect(tasks.map((task) => rowsOf(task).length)).toEqual([2, 1]);
  });
});

describe('text that cannot be kept is refused', () => {
  it('UTF-16 with half of a character, or cut', async () => {
    const json = '{"instruction":"Name a bird.","output":"Robin"}';
    const utf16 = (text: string): Uint8Array<ArrayBuffer> => {
      const bytes = new Uint8Array(text.length * 2);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
      return bytes;
    };
    expect((await checked(new File([utf16(json)], 'x'))).tasks).toBe(1);
    const half = complaint(checkDataFile(new File([utf16(json.replace('bird', '\ud83d'))], 'x'), never));
    expect(await half).toContain('UTF-16 text and has half of a character');
    const cut = complaint(checkDataFile(new File([utf16(json).subarray(0, -3)], 'x'), never));
    expect(await cut).toContain('or is cut');
  });
  it('a task over many lines that is no UTF-8', async () => {
    const bytes = new TextEncoder().encode('{\n"Definition": ["Add ~."],\n"Instances": []}');
    bytes[bytes.indexOf(0x7e)] = 0xff;
    expect(await complaint(readTaskFiles([new File([bytes], 'x.json')], 1, never))).toContain('not UTF-8');
  });
});

it('an archive with a file name that ends behind its list keeps its data: names are only shown', async () => {
  const bytes = new Uint8Array(
    await (await zipOf({ 'a.jsonl': '{"instruction":"a","output":"b"}' })).arrayBuffer(),
  );
  const view = new DataView(bytes.buffer);
  const entry = bytes.findLastIndex(
    (_, i) => i + 4 <= bytes.length && view.getUint32(i, true) === 0x02014b50,
  );
  view.setUint16(entry + 28, 0xffff, true);
  expect(await checked(new File([bytes], 'x.zip'))).toMatchObject({ tasks: 1, rows: 1 });
});

it('of SuperNI are sent to where they belong', async () => {
  const file = lines({ Definition: ['Sum up.'], Instances: [{ input: 'a', output: ['b'] }] });
  expect(await complaint(checkDataFile(file, never))).toContain('Evaluate screen');
});

describe('a data set of this app', () => {
  it('names neighbours as objects, or as pairs where it was written before they were', async () => {
    const record = (id: string, neighbour: unknown): object => ({
      ...{ id, instruction: `Task ${id}`, instances: [], is_classification: null },
      ...{ most_similar: [neighbour], avg_similarity_score: 0.1, exemplars: [], request_idx: 0 },
    });
    const pair = ['s00001', 0.25];
    const file = lines(
      record('m000000-000', { id: 's00001', rouge_l: 0.5 }),
      record('m000000-001', pair),
      record('m000000-002', { id: 's00001' }),
    );
    expect((await checked(file)).problems).toHaveLength(1);
    const tasks = (await pagesOf(file)).flat();
    expect(tasks.map(({ provenance }) => provenance.mostSimilar.map(({ rougeL }) => rougeL))).toEqual([
      [0.5],
      [0.25],
    ]);
  });
});
