import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { candidateId } from '../core/ids';
import type { BackupRow } from '../core/ports';
import { backupText, ratingOf, RUN, someRun, stored } from '../testing/any-run';
import { rowCheck } from '../core/dataset/row-check';
import { backupRows, checkBackup } from './read-backup';

const never = new AbortController().signal;
const file = (text: string): File => new File([text], 'run.jsonl');
const check = (text: string) => checkBackup(file(text), never);
async function refusal(text: string): Promise<string> {
  const error: unknown = await check(text).catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
async function readRows(text: string): Promise<BackupRow[]> {
  const rows: BackupRow[] = [];
  for await (const page of backupRows(file(text), never)) rows.push(...page);
  return rows;
}

describe('a backup of version 1', () => {
  it('is read as before: it has no ratings and does not count them', async () => {
    const all = someRun();
    const rows = all.rows.filter(({ kind }) => kind !== 'rating');
    const text = (await backupText({ ...all, rows }))
      .replace('"version":2', '"version":1')
      .replace('"ratings":0,', '');
    expect(text).toContain('"version":1');
    expect(text).not.toContain('ratings');
    expect((await check(text)).counts).toMatchObject({ tasks: 10 + all.progress.kept, ratings: 0 });
    expect(await readRows(text)).toEqual(rows);
  });
});

describe('a backup is refused', () => {
  const lines = async (): Promise<string[]> => (await backupText(someRun())).split('\n').slice(0, -1);

  it('wherever it is cut', async () => {
    const text = await backupText(someRun());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 2 }), async (length) => {
        // The end of the last line without its line feed is still the whole file.
        expect(await refusal(text.slice(0, length))).toMatch(/^“run\.jsonl” cannot be restored: /u);
      }),
      { numRuns: 60 },
    );
    const whole = await lines();
    expect(await refusal(`${whole.slice(0, -1).join('\n')}\n`)).toContain('it has no last line');
    expect(await refusal(text.slice(0, -20))).toMatch(
      /it ends in the middle of line \d+, so it is incomplete/u,
    );
    expect(await refusal('')).toContain('it is empty');
    // A single byte is no half of a UTF-16 character.
    expect(await refusal('{')).toMatch(/^“run\.jsonl” cannot be restored: /u);
    await expect(check(text.slice(0, -1))).resolves.toBeDefined();
  });

  it('when one character of a row was changed', async () => {
    const all = await lines();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: all.length - 2 }), fc.nat(), async (at, where) => {
        const line = all[at] ?? '';
        const from = line.indexOf('"row":') + 6;
        const i = from + (where % (line.length - from - 1));
        const other = line[i] === 'x' ? 'y' : 'x';
        const changed = all.with(at, `${line.slice(0, i)}${other}${line.slice(i + 1)}`);
        expect(await refusal(changed.join('\n'))).toContain(`line ${at + 1}: `);
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    [
      'another file',
      () => '{"instruction":"Name a bird.","instances":[]}',
      'it does not begin like a backup',
    ],
    ['a list', () => '[1]', 'it does not begin like a backup'],
    ['no JSON', () => 'Dear diary', 'this is not JSON'],
    [
      'a newer version',
      (head: string) => head.replace('"version":2', '"version":3'),
      'a newer version of this app',
    ],
    [
      'an unknown version',
      (head: string) => head.replace('"version":2', '"version":0.5'),
      'version (0.5) is unknown',
    ],
    [
      'a run without settings',
      (head: string) => head.replace('"config":', '"other":'),
      '"config" is missing',
    ],
    [
      'a batch of none',
      (head: string) => head.replace('"batchSize":4', '"batchSize":0'),
      '"config.batchSize"',
    ],
    [
      'an id of no run',
      (head: string) => head.replace('"id":"r0001"', '"id":"r1"'),
      '"id" is not an id of this app',
    ],
    [
      'an endless number',
      (head: string) => head.replace('"createdAt":1', '"createdAt":1e999'),
      '"createdAt"',
    ],
  ])('with the header of %s', async (_, change, reason) => {
    const [head = '', ...rest] = await lines();
    expect(await refusal([change(head), ...rest].join('\n'))).toContain(reason);
  });

  const withRow = async (
    change: (row: Record<string, unknown>) => unknown,
    kind = 'task',
  ): Promise<string> => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes(`"kind":"${kind}"`) && line.includes('-m000001-'));
    const entry = JSON.parse(all[at] ?? '') as { row: Record<string, unknown> };
    const row = change(entry.row);
    return refusal(all.with(at, JSON.stringify({ kind, check: rowCheck(row), row })).join('\n'));
  };
  it('with a row of another run, a wrong type, a foreign id or an id out of place', async () => {
    expect(await withRow((row) => ({ ...row, runId: 'r0002' }))).toContain('belongs to another run');
    expect(await withRow((row) => ({ ...row, seq: '1' }))).toContain('"row.seq" should be number');
    expect(await withRow((row) => ({ ...row, stage: 'done' }))).toMatch(/line \d+: "row\.stage" should be/u);
    expect(await withRow((row) => ({ ...row, id: '../../etc' }))).toContain(
      '"row.id" is not an id of this app',
    );
    expect(await withRow((row) => ({ ...row, id: candidateId(RUN, 9, 0) }))).toContain(
      'does not match its position',
    );
    expect(
      await withRow((row) => ({ ...row, nearest: { id: 'r0009-m000000-000', rougeL: 0 } }), 'candidate'),
    ).toContain('r0009-m000000-000, which belongs to another run');
    expect(await withRow(() => null)).toContain('should be Object');
  });
  it('with a rating of another run, under another name, by nobody or about no text', async () => {
    const rating = ratingOf(1, {
      rater: 'Ana',
      verdict: 'accepted',
      flagged: false,
      answers: { valid: true, input: null, output: false },
      print: 7,
      ratedAt: 1,
    });
    const text = await backupText(stored([{ kind: 'rating', row: rating }]));
    const told = (change: object): Promise<string> => {
      const row = { ...rating, ...change };
      const all = text.split('\n');
      return refusal(all.with(1, JSON.stringify({ kind: 'rating', check: rowCheck(row), row })).join('\n'));
    };
    expect((await check(text)).counts.ratings).toBe(1);
    expect(await told({ runId: 'r0002' })).toContain('belongs to another run');
    expect(await told({ taskId: 'r0002-m000001-000' })).toContain('not the id of its task and rater');
    expect(await told({ rater: 'Ben' })).toContain('not the id of its task and rater');
    expect(await told({ rater: ' Ana' })).toContain('"row.rater" is not a name');
    expect(await told({ print: -1 })).toContain('"row.print"');
    expect(await told({ answers: {} })).toContain('"row.answers.valid" is missing');
  });
  it('with a row twice, a row too few, or counters that do not fit', async () => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes('"kind":"candidate"'));
    const row = all[at] ?? '';
    expect(await refusal(all.toSpliced(at, 0, row).join('\n'))).toContain('appears twice');
    expect(await refusal(all.toSpliced(at, 1).join('\n'))).toContain('but has');
    const end = all[all.length - 1] ?? '';
    expect(await refusal(all.with(-1, end.replace(/"kept":\d+/u, '"kept":99')).join('\n'))).toContain(
      'do not match the rows',
    );
    expect(
      await refusal(all.with(-1, end.replace('"runId":"r0001"', '"runId":"r0005"')).join('\n')),
    ).toContain('another run');
    expect(await refusal([...all, row].join('\n'))).toContain('after the last one');
  });
  it('with a line that never ends, without keeping it', async () => {
    const all = await lines();
    const parts = [`${all[0] ?? ''}\n`, 'x'.repeat(17 * 1024 * 1024)];
    const long = new File(parts, 'long.jsonl');
    await expect(checkBackup(long, never)).rejects.toMatchObject({
      failure: { detail: expect.stringContaining('it ends in the middle of line 2') as string },
    });
  });
  it('with a long line in the middle, by its number', async () => {
    const all = await lines();
    const text = all.with(3, 'x'.repeat(17 * 1024 * 1024)).join('\n');
    expect(await refusal(text)).toContain('line 4: it is longer than 16384 kB');
  });
  it('takes hostile keys as plain data and leaves them out', async () => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes('-m000001-'));
    const { row } = JSON.parse(all[at] ?? '') as { row: object };
    const hostile = JSON.parse(
      `${JSON.stringify(row).slice(0, -1)},"__proto__":{"polluted":1},"extra":2}`,
    ) as object;
    const text = all
      .with(at, JSON.stringify({ kind: 'task', check: rowCheck(hostile), row: hostile }))
      .join('\n');
    await check(text);
    expect((await readRows(text)).find((entry) => entry.row.id.includes('-m000001-'))?.row).toEqual(row);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
