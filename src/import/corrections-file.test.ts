/** Tasks out to an expert and back: as CSV, with any texts, from this run and from others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CORRECTION_COLUMNS,
  type Correction,
  correctedPieces,
  correctionCells,
  correctionsOf,
  runFingerprint,
} from '../core/review/correction-file';
import { withChanges } from '../core/review/replace';
import type { MachineTask } from '../core/task';
import { correctionCsv } from '../export/corrections/correction-csv';
import { csvRow } from '../io/csv-writer';
import { inPages } from '../testing/any-run';
import { failureOf } from '../testing/failure-of';
import { machineTask, tinyConfig, tinyRun } from '../testing/tiny-pool';
import { readCorrections } from './corrections-file';

const run = tinyRun(tinyConfig(5));
const signal = new AbortController().signal;
const read = (text: string) => readCorrections(new File([text], 'back.csv'), run, signal, () => undefined);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.constantFrom('=1+1', '"', ',', ';', '\n', '\r\n', "'", '\t', 'word', ' '), { maxLength: 9 })
    .map((parts) => parts.join('')),
);
type Instances = readonly { readonly input: string; readonly output: string }[];
const taskOf = (instruction: string, instances: Instances): MachineTask => ({
  ...machineTask(run.id, 3, instruction),
  stage: 'complete',
  isClassification: false,
  instances,
  dropped: [],
});
const task = fc
  .tuple(text, fc.array(fc.record({ input: text, output: text }), { minLength: 1, maxLength: 3 }))
  .map(([instruction, instances]) => taskOf(instruction, instances));
const found = async (one: MachineTask, csv: string): Promise<readonly Correction[]> =>
  correctionsOf(one, (await read(csv)).lines).corrections;
const csvOf = (rows: readonly (readonly string[])[]): string =>
  [CORRECTION_COLUMNS, ...rows].map(csvRow).join('');
const rowsOf = (one: MachineTask): (readonly string[])[] => correctionCells(runFingerprint(run), one);

describe('tasks that went to an expert', () => {
  it('change nothing when they come back as they went', async () => {
    await fc.assert(
      fc.asyncProperty(task, async (one) => {
        let csv = '';
        for await (const piece of correctionCsv(inPages([one]), run)) csv += piece;
        expect(await found(one, csv)).toEqual([]);
      }),
    );
  });

  it('change exactly the texts that were changed, also when the task was changed here since', async () => {
    const cell = fc.record({ row: fc.nat(9), column: fc.integer({ min: 2, max: 4 }), text });
    await fc.assert(
      fc.asyncProperty(task, cell, fc.option(text), async (one, { row, column, text: typed }, since) => {
        const rows = rowsOf(one);
        const at = row % rows.length;
        const sent = rows[at]?.[column] ?? '';
        const trimmed = (raw: string): string => raw.replace(/\r\n?/gu, '\n').trim();
        fc.pre(trimmed(typed) !== trimmed(sent) && Number(typed) !== Number(sent));
        const back = rows.map((cells, i) => (i === at ? cells.with(column, typed) : cells));
        const now = since === null ? one : { ...one, instruction: since };
        const corrections = await found(now, csvOf(back));
        const place = column === 2 ? null : at;
        const same = column === 2 && since !== null && trimmed(since) === trimmed(typed);
        expect(corrections.map(({ instance, after }) => [instance, after])).toEqual(
          same ? [] : [[place, trimmed(typed)]],
        );
        if (same) return;
        const changedHere = since !== null && trimmed(since) !== trimmed(one.instruction);
        expect(corrections[0]?.changedSince).toBe(changedHere);
        const instances = one.stage === 'complete' ? one.instances : [];
        const after = withChanges({ instruction: now.instruction, instances }, corrections);
        const texts = [after.instruction, after.instances[at]?.input, after.instances[at]?.output];
        expect(texts[column - 2]).toBe(trimmed(typed));
      }),
    );
  });

  it('find their way by id, whatever the order and the separator, and with columns of others', async () => {
    const one = taskOf('Name a bird.', [
      { input: '', output: 'Owl' },
      { input: 'small', output: 'Wren' },
    ]);
    const [first = [], second = []] = rowsOf(one);
    const lines = [CORRECTION_COLUMNS, second.with(4, 'Robin'), first].map((cells) =>
      [...cells, 'seen'].join(';'),
    );
    expect(await found(one, `\ufeff${lines.join('\r\n')}`)).toMatchObject([
      { field: 'output', instance: 1, before: 'Wren', after: 'Robin' },
    ]);
  });

  it('are counted when their instance is gone, and when another row corrects the same text', async () => {
    const [first, second] = [
      { input: 'owl', output: 'big' },
      { input: 'wren', output: 'small' },
    ] as const;
    const [one = [], two = []] = rowsOf(taskOf('Say its size.', [first, second]));
    const { lines } = await read(csvOf([one.with(2, 'Tell its size.'), two.with(2, 'How big is it?')]));
    expect(correctionsOf(taskOf('Say its size.', [first, second]), lines)).toMatchObject({
      corrections: [{ after: 'Tell its size.' }],
      ...{ gone: 0, twice: 1 },
    });
    expect(correctionsOf(taskOf('Say its size.', [first]), lines)).toMatchObject({ gone: 1, twice: 0 });
  });

  it('are no correction of the instance that took the place of a deleted one', async () => {
    const first = { input: 'Is it a bird?', output: 'Yes' };
    const second = { input: 'Is it small?', output: 'Yes' };
    const back = csvOf(
      rowsOf(taskOf('Answer.', [first, second])).map((row, i) => (i ? row : row.with(4, 'No'))),
    );
    expect(await found(taskOf('Answer.', [second]), back)).toMatchObject([
      { instance: 0, before: 'Yes', after: 'No', changedSince: true },
    ]);
    expect(await found(taskOf('Answer.', [first, second]), back)).toMatchObject([{ changedSince: false }]);
  });

  it('are refused when they belong to another run, and by line when a mark is gone', async () => {
    const one = taskOf('Name a bird.', [
      { input: '', output: 'Owl' },
      { input: 'small', output: 'Wren' },
    ]);
    const [first = [], second = []] = rowsOf(one);
    const { lines, problems } = await read(csvOf([first, second.with(5, '')]));
    expect([lines.length, problems.map(({ line }) => line)]).toEqual([1, [3]]);
    const other = correctionCells(runFingerprint({ ...run, createdAt: 7 }), one);
    expect(await failureOf(read(csvOf(other)))).toMatchObject({ kind: 'bad-file' });
    expect(await failureOf(read('a,b\r\n1,2\r\n'))).toMatchObject({ kind: 'bad-file' });
  });

  it('are doubted, or none, where a spreadsheet rewrites texts by itself', async () => {
    const correctionOf = async (before: string, after: string): Promise<boolean | null> => {
      const one = taskOf('Say it.', [{ input: '', output: before }]);
      const [row = []] = rowsOf(one);
      const [correction] = await found(one, csvOf([row.with(4, after)]));
      return correction ? correction.rewritten : null;
    };
    const none = [
      ['True', 'TRUE'],
      ['1.50', '1.5'],
      ['007', '7'],
      ['2e3', '2000'],
    ] as const;
    for (const [before, after] of none) expect(await correctionOf(before, after)).toBeNull();
    const doubted = [
      ['1/2', '01-Feb'],
      ['1,234', '1234'],
      ['12345678901234567', '1.23457E+16'],
      ['na\u00efve \u0142\u00f3d\u017a', 'na\u00efve ?\u00f3d?'],
      ['Who? \u4f60\u597d', 'Who? ??'],
    ] as const;
    for (const [before, after] of doubted) expect(await correctionOf(before, after)).toBe(true);
    const meant = [
      ['True', 'FALSE'],
      ['7 apples', '8 apples'],
      ['caf\u00e9', 'caf\u00e8'],
      ['Why.', 'Why?'],
    ] as const;
    for (const [before, after] of meant) expect(await correctionOf(before, after)).toBe(false);
  });

  it('keep a long text that a spreadsheet cut', async () => {
    const long = 'word '.repeat(9_000);
    const one = taskOf('Name a bird.', [{ input: '', output: long }]);
    const [row = []] = rowsOf(one);
    const { lines } = await read(csvOf([row.with(4, long.slice(0, 32_767))]));
    expect(correctionsOf(one, lines)).toMatchObject({ corrections: [], cut: 1 });
    const formula = `=${long}`;
    const guarded = taskOf('Name a bird.', [{ input: '', output: formula }]);
    const [cells = []] = rowsOf(guarded);
    const back = await read(csvOf([cells.with(4, formula.slice(0, 32_766))]));
    expect(correctionsOf(guarded, back.lines)).toMatchObject({ corrections: [], cut: 1 });
  });
});

it('marks what differs, in whole words', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const sides = correctedPieces({ before, after });
      const joined = (pieces: readonly { text: string }[]): string =>
        pieces.map((piece) => piece.text).join('');
      fc.pre(!joined(sides.before).includes('…') && !joined(sides.after).includes('…'));
      expect([joined(sides.before), joined(sides.after)]).toEqual([before, after]);
    }),
  );
  expect(correctedPieces({ before: 'Name a small bird.', after: 'Name a smart bird.' }).after).toEqual([
    { text: 'Name a ', marked: false },
    { text: 'smart', marked: true },
    { text: ' bird.', marked: false },
  ]);
});
