import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { EvaluationRecord } from '../core/evaluation/evaluation';
import { gradeLine } from '../core/evaluation/grade-file';
import { gradeId, type GradeRow } from '../core/evaluation/grading';
import { gradeLines, gradesCsv } from '../export/grades-file';
import { readGradesFile } from './grades-file';

const FORMULA = '=HYPERLINK("http://evil")';
const record: EvaluationRecord = {
  id: 'e0001',
  name: 'Evaluation',
  createdAt: 0,
  set: { id: 's', name: 'Set', count: 2, print: 77 },
  config: { layout: 'drawn', seed: 1, maxTokens: 10 },
  models: [
    { key: 'm01', name: FORMULA, modelId: null, origin: 'predictions', hash: '', finished: true, seconds: 0 },
  ],
};
const row = (index: number, rater: string): GradeRow => ({
  id: gradeId('e0001', 'm01', index, rater),
  evaluationId: 'e0001',
  modelKey: 'm01',
  taskId: index === 0 ? '=1+1' : 'a,"b"\nc',
  index,
  rater,
  grade: 'B',
  print: 4_294_967_295,
  at: 1_764_000_000_000,
});
const rows = [row(0, '-Ana'), row(1, 'Ben; 中')];
const read = (content: string, name = 'grades') =>
  readGradesFile(new File([content], name), record, new AbortController().signal);
const line = gradeLine(row(0, 'Ben'), 77);

describe('a file of grades', () => {
  it('comes back from JSONL and from CSV as it was', async () => {
    const lines = rows.map((one) => gradeLine(one, 77));
    for (const content of [gradeLines(record, rows), gradesCsv(record, rows)]) {
      expect(await read([...content].join(''))).toEqual({ lines, problems: [], badLines: 0 });
    }
  });
  it('runs nothing in a spreadsheet', () => {
    const csv = [...gradesCsv(record, rows)].join('');
    expect(csv).toContain("'=1+1");
    expect(csv).toContain(`"'=HYPERLINK`);
    expect(csv).toContain(",'-Ana,");
  });
  it('is refused in a plain sentence when its tasks are others, or when it holds none', async () => {
    const refusal = (content: string): Promise<unknown> =>
      read(content).then(
        () => 'read',
        (error: unknown) => (error instanceof AppError ? error.failure : error),
      );
    const saying = (detail: string): unknown => ({
      kind: 'bad-file',
      detail: expect.stringContaining(detail) as string,
    });
    expect(await refusal(JSON.stringify({ ...line, set: 78 }))).toEqual(
      saying('its grades belong to another task set than the 2 tasks of this evaluation'),
    );
    expect(await refusal('')).toEqual(saying('it is empty'));
    expect(await refusal('a,b\n1,2\n')).toEqual(saying('none of its lines is a grade'));
    expect(await refusal('PK\u0003\u0004zip')).toEqual(saying('not a JSONL or CSV'));
  });
  it('tells bad lines by number and keeps the good ones', async () => {
    const good = JSON.stringify(line);
    const found = await read(`${good}\n{"cut\n${good.replace('"B"', '"=B"')}\n[]\n${good}\n`);
    expect(found.lines).toHaveLength(2);
    expect(found.problems.map((one) => one.line)).toEqual([2, 3, 4]);
    const csv = [...gradesCsv(record, rows)].join('').replace('4294967295', '0x10');
    expect((await read(csv)).badLines).toBe(1);
  });
});
