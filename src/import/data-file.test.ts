import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { type Row, rowsOf } from '../core/dataset/rows';
import { labelOf } from '../core/ids';
import type { BackupRow } from '../core/ports';
import type { MachineTask, TaskId } from '../core/task';
import { type CheckedDataSet, checkDataFile, readDataFile } from './data-file';

const never = new AbortController().signal;
async function imported(file: File): Promise<{ checked: CheckedDataSet; tasks: MachineTask[] }> {
  const checked = await checkDataFile(file, never);
  if (checked.kind !== 'dataset') throw new Error('a backup');
  const rows: BackupRow[] = [];
  for await (const page of readDataFile(checked, never)) rows.push(...page);
  return { checked, tasks: rows.map(({ row }) => row as MachineTask) };
}
const content = ({ instruction, input, output }: Row): unknown => [instruction, input, output];

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
      '3: this is not JSON: it is incomplete or has an error',
      expect.stringContaining('4: it differs from the rows before') as string,
      '5: "output" should be string, but is 7',
      '6: "history" is too long',
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
  it('names fields that no task has a place for, in lines and in columns', async () => {
    const row = {
      instruction: 'Name a bird.',
      context: '',
      response: 'Robin',
      category: 'qa',
      __proto__x: 1,
    };
    const { checked, tasks } = await imported(from(`${JSON.stringify(row)}\n`));
    expect(checked).toMatchObject({ shape: 'rows', badLines: 0, unread: ['category', '__proto__x'] });
    expect(tasks.flatMap(rowsOf).map(content)).toEqual([['Name a bird.', '', 'Robin']]);
    const column = (name: string, cell: string) => ({ name, data: [cell], type: 'STRING' as const });
    const buffer = parquetWriteBuffer({
      columnData: [column('question', 'Name a fish.'), column('answer', 'Carp'), column('level', '3')],
    });
    const { checked: table, tasks: fish } = await imported(new File([buffer], 'x'));
    expect(table).toMatchObject({ shape: 'rows', badLines: 0, unread: ['level'] });
    expect(fish.flatMap(rowsOf).map(content)).toEqual([['Name a fish.', '', 'Carp']]);
  });
  it('keeps a name of its own beside another name for the same', async () => {
    const row = { instruction: 'Name a bird.', question: 'Which?', output: 'Robin', answer: 'Wren' };
    const { checked, tasks } = await imported(from(JSON.stringify([row])));
    expect(checked.unread).toEqual(['question', 'answer']);
    expect(tasks.flatMap(rowsOf).map(content)).toEqual([['Name a bird.', '', 'Robin']]);
  });
  it('refuses rows of ours that stand there twice, and keeps others with a shared id, and says so', async () => {
    const csv = [
      'id,instruction,output',
      'm000001-000-0,Name a bird.,Robin',
      'm000001-000-1,Name a bird.,Wren',
      'm000001-000-0,Name a bird.,Robin',
      'm000001-000-0,Name a fish.,Carp',
      '7,Name a tree.,Oak',
      '8,Name a flower.,Rose',
      '7,Name a cloud.,Cirrus',
    ];
    const { checked, tasks } = await imported(from(csv.join('\n')));
    expect(checked.problems).toEqual([{ line: 4, reason: 'the id m000001-000-0 appears twice' }]);
    expect(checked.again).toBe(2);
    expect(tasks.map((one) => [one.instruction, rowsOf(one).length])).toEqual([
      ['Name a bird.', 2],
      ['Name a fish.', 1],
      ['Name a tree.', 1],
      ['Name a flower.', 1],
      ['Name a cloud.', 1],
    ]);
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(5);
    expect(labelOf(tasks[0]?.id as TaskId)).toBe('m000001-000');
    const line = '{"id":"m000001-000","instruction":"a b","instances":[],"request_idx":1,"most_similar":[],';
    const double = `${line}"avg_similarity_score":null,"exemplars":[],"is_classification":null}\n`;
    const { checked: lines } = await imported(from(double + double.replace('a b', 'c d')));
    expect(lines.problems).toEqual([{ line: 2, reason: 'the id m000001-000 appears twice' }]);
  });
  it('that is none is refused with the reason', async () => {
    for (const text of ['', 'Dear diary', '{"a":1}', '[]', '%PDF-1.4', '\u0000\u0001']) {
      await expect(checkDataFile(from(text), never)).rejects.toThrow();
    }
  });
});
