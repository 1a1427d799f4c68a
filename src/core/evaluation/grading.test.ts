import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationRecord, EvaluationTask } from './evaluation';
import { type GradeLine, gradeLine, mergeGrades, parseGradeLine } from './grade-file';
import {
  answerFingerprint,
  blindOrder,
  type BlindItem,
  countGrades,
  type Grade,
  gradeAgreement,
  gradeId,
  type GradeRow,
  GRADES,
  nextItem,
} from './grading';
import { PUBLISHED_MODELS } from './published';

const EVALUATION = 'e0001';
const row = (
  grade: Grade,
  index = 0,
  { modelKey = 'm01', rater = 'Ana', at = 1, text = '' } = {},
): GradeRow => ({
  id: gradeId(EVALUATION, modelKey, index, rater),
  evaluationId: EVALUATION,
  modelKey,
  taskId: `t${index}`,
  index,
  rater,
  grade,
  print: answerFingerprint(text === '' ? `answer ${modelKey} ${index}` : text),
  at,
});
/** Grades of two raters from a table of counts: row is the first rater's grade, column the second's. */
function fromTable(table: readonly (readonly number[])[]): [GradeRow[], GradeRow[]] {
  const both: [GradeRow[], GradeRow[]] = [[], []];
  for (const [i, cells] of table.entries()) {
    for (const [j, times] of cells.entries()) {
      for (let n = 0; n < times; n++) {
        const index = both[0].length;
        both[0].push(row(GRADES[i] ?? 'A', index));
        both[1].push(row(GRADES[j] ?? 'A', index, { rater: 'Ben' }));
      }
    }
  }
  return both;
}

describe('the blind order', () => {
  const keys = ['m01', 'm02', 'm03'];
  const all = (): boolean => true;
  const order = (rater: string, set = 7): readonly BlindItem[] => blindOrder(keys, 40, all, { set, rater });
  it('holds every answer once, task by task', () => {
    const items = order('Ana');
    expect(new Set(items.map(({ id }) => id)).size).toBe(120);
    for (let at = 0; at < items.length; at += 3) {
      expect(new Set(items.slice(at, at + 3).map(({ index }) => index)).size).toBe(1);
    }
  });
  it('gives all raters the same tasks first, and shuffles the models for each of them', () => {
    const [ana, ben] = [order('Ana'), order('Ben')];
    expect(ana.map(({ index }) => index)).toEqual(ben.map(({ index }) => index));
    expect(ana).not.toEqual(ben);
    expect(order('Ana')).toEqual(ana);
    expect(order('Ana', 8).map(({ index }) => index)).not.toEqual(ana.map(({ index }) => index));
    // No model stands at one place throughout.
    for (const key of keys) {
      const places = new Set(ana.flatMap(({ modelKey }, at) => (modelKey === key ? [at % 3] : [])));
      expect(places).toEqual(new Set([0, 1, 2]));
    }
  });
  it('is not changed by answers that come later', () => {
    const whole = order('Ana');
    const part = blindOrder(keys, 40, (key, index) => key !== 'm02' && index % 2 === 0, {
      set: 7,
      rater: 'Ana',
    });
    expect(part).toEqual(whole.filter(({ modelKey, index }) => modelKey !== 'm02' && index % 2 === 0));
  });
  it('turns to skipped answers when no other is left, the one skipped first first', () => {
    const [a, b, c] = order('Ana');
    if (!a || !b || !c) throw new Error('there are three');
    const done = new Set<string>();
    const next = (skipped: readonly string[]): string | undefined =>
      nextItem([a, b, c], ({ id }) => done.has(id), skipped)?.id;
    expect(next([])).toBe(a.id);
    expect(next([b.id, a.id])).toBe(c.id);
    done.add(c.id);
    expect(next([b.id, a.id])).toBe(b.id);
    done.add(b.id).add(a.id);
    expect(next([b.id])).toBeUndefined();
  });
});

describe('figures', () => {
  it('counts grades; the published counts are of 252 answers each', () => {
    const counts = countGrades([row('A'), row('C', 1), row('A', 2)]);
    expect(counts).toEqual({ A: 2, B: 0, C: 1, D: 0 });
    for (const { grades } of PUBLISHED_MODELS) expect(grades.reduce((sum, n) => sum + n, 0)).toBe(252);
  });
  it('equals kappa and Spearman worked out by hand', () => {
    // Rows and columns sum to 12, 9, 10, 9 and 11, 10, 10, 9 of 40; 29 are the same: po = 29 / 40,
    // pe = (132 + 90 + 100 + 81) / 1600. In two classes: rows 21, 19, columns 21, 19; 36 the same; pe = 802 / 1600.
    const [ana, ben] = fromTable([
      [9, 2, 1, 0],
      [1, 7, 1, 0],
      [1, 1, 6, 2],
      [0, 0, 2, 7],
    ]);
    const { four, two, rho, otherText } = gradeAgreement(ana, ben);
    expect(four).toMatchObject({ pairs: 40, same: 29 });
    expect(four.kappa).toBeCloseTo((29 / 40 - 403 / 1600) / (1 - 403 / 1600), 12);
    expect(two).toMatchObject({ pairs: 40, same: 36 });
    expect(two.kappa).toBeCloseTo((36 / 40 - 802 / 1600) / (1 - 802 / 1600), 12);
    expect(otherText).toBe(0);
    // Mean ranks of the classes: 6.5, 17, 26.5, 36 for the first and 6, 16.5, 26.5, 36 for the second.
    const [x, y] = [
      [6.5, 17, 26.5, 36],
      [6, 16.5, 26.5, 36],
    ] as const;
    let [xy, xx, yy] = [0, 0, 0];
    for (const [i, one] of ana.entries()) {
      const a = (x[GRADES.indexOf(one.grade)] ?? 0) - 20.5;
      const b = (y[GRADES.indexOf(ben[i]?.grade ?? 'A')] ?? 0) - 20.5;
      xy += a * b;
      xx += a * a;
      yy += b * b;
    }
    expect(rho).toBeCloseTo(xy / Math.sqrt(xx * yy), 12);
  });
  it('gives Spearman with ties for a small case', () => {
    const first = (['A', 'B', 'B', 'C'] as const).map((grade, i) => row(grade, i));
    const second = (['A', 'A', 'C', 'D'] as const).map((grade, i) => row(grade, i, { rater: 'Ben' }));
    // Ranks 4, 2.5, 2.5, 1 and 3.5, 3.5, 2, 1: products 1.5 + 0 + 0 + 2.25, squares 4.5 and 4.5.
    expect(gradeAgreement(first, second).rho).toBeCloseTo(3.75 / 4.5, 12);
  });
  it('compares only what both graded, and only the same answer', () => {
    const ana = [row('A', 0), row('B', 1), row('D', 2)];
    const ben = [
      row('A', 1, { rater: 'Ben' }),
      row('D', 2, { rater: 'Ben', text: 'another' }),
      row('A', 9, { rater: 'Ben' }),
    ];
    const { four, two, rho, otherText } = gradeAgreement(ana, ben);
    expect(four).toEqual({ pairs: 1, same: 0, kappa: 0 });
    expect(two).toEqual({ pairs: 1, same: 1, kappa: null });
    expect([rho, otherText]).toEqual([null, 1]);
  });
  it('does not depend on who is first', () => {
    const grades = fc.array(fc.tuple(fc.constantFrom(...GRADES), fc.constantFrom(...GRADES)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(grades, (pairs) => {
        const ana = pairs.map(([grade], i) => row(grade, i));
        const ben = pairs.map(([, grade], i) => row(grade, i, { rater: 'Ben' }));
        const [forth, back] = [gradeAgreement(ana, ben), gradeAgreement(ben, ana)];
        expect(back.four.kappa).toBe(forth.four.kappa);
        expect(back.two.same).toBeGreaterThanOrEqual(back.four.same);
        if (forth.rho !== null) expect(back.rho).toBeCloseTo(forth.rho, 12);
      }),
    );
  });
});

describe('a file of grades', () => {
  const tasks = Array.from({ length: 4 }, (_, i): EvaluationTask => ({
    id: `t${i}`,
    instruction: `Say ${i}.`,
    input: '',
    references: ['yes'],
    isClassification: null,
  }));
  const record: EvaluationRecord = {
    id: EVALUATION,
    name: 'Evaluation',
    createdAt: 0,
    set: { id: 's', name: 'Set', count: 4, print: 77 },
    config: { layout: 'drawn', seed: 1, maxTokens: 10 },
    models: ['m01', 'm02'].map((key) => ({
      key,
      name: key,
      modelId: null,
      origin: 'predictions',
      hash: '',
      finished: true,
      seconds: 0,
    })),
  };
  const merge = (lines: readonly GradeLine[], stored: readonly GradeRow[] = []) =>
    mergeGrades(lines, {
      record,
      tasks,
      print: (key, index) => answerFingerprint(`answer ${key} ${index}`),
      grade: (id) => stored.find((one) => one.id === id),
    });
  const lineOf = (one: GradeRow): GradeLine => gradeLine(one, 77);

  it('comes back as it was', () => {
    const rows = [row('A', 0, { rater: 'Ben' }), row('D', 3, { rater: 'Ben', modelKey: 'm02' })];
    const parsed = rows.map((one) => parseGradeLine(JSON.parse(JSON.stringify(lineOf(one)))));
    const lines = parsed.flatMap((one) => (one.ok ? [one.row] : []));
    expect(merge(lines)).toEqual({ rows, raters: ['Ben'], added: 2, updated: 0, kept: 0, unknown: 0 });
  });
  it('replaces a grade of the same rater only when it is newer, and never another rater’s', () => {
    const stored = [row('A', 0, { at: 5 }), row('B', 1, { at: 5 })];
    const found = merge(
      [
        row('C', 0, { at: 5 }),
        row('C', 1, { at: 6 }),
        row('D', 1, { at: 6 }),
        row('D', 0, { rater: 'Ben', at: 1 }),
      ].map(lineOf),
      stored,
    );
    expect(found).toMatchObject({ added: 1, updated: 1, kept: 2 });
    expect(found.rows.map(({ rater, index, grade }) => [rater, index, grade])).toEqual([
      ['Ana', 1, 'C'],
      ['Ben', 0, 'D'],
    ]);
  });
  it('finds a model under another key by its answers, and takes no grade of other answers', () => {
    const theirs = (key: string, index: number, text: string): GradeLine =>
      lineOf(row('B', index, { rater: 'Ben', modelKey: key, text }));
    const found = merge([
      theirs('m05', 0, 'answer m01 0'),
      theirs('m01', 0, 'answer m02 0'),
      theirs('m01', 1, 'answer m02 1'),
      theirs('m01', 2, 'something else'),
      theirs('m09', 1, 'nobody says this'),
    ]);
    expect(found.rows.map(({ modelKey, index }) => [modelKey, index])).toEqual([
      ['m01', 0],
      ['m02', 0],
      ['m02', 1],
    ]);
    expect(found).toMatchObject({ added: 3, unknown: 2 });
  });
  it('takes nothing of a place or task that is not in the set', () => {
    const line = lineOf(row('A', 0));
    expect(
      merge([
        { ...line, place: 99 },
        { ...line, task: 'other' },
      ]).rows,
    ).toEqual([]);
  });
  it.each<[string, Record<string, unknown>]>([
    ['a grade that is none', { grade: 'E' }],
    ['a rater with a mark that turns the text', { rater: 'Ana\u202e' }],
    ['a rater of no letters', { rater: '' }],
    ['a rater too long', { rater: 'x'.repeat(61) }],
    ['a place below zero', { place: -1 }],
    ['a half place', { place: 0.5 }],
    ['a model that is a path', { model: '../m01' }],
    ['a moment after all dates', { graded_at: 9e15 }],
    ['a print too large', { answer_print: 2 ** 32 }],
    ['a set that is a text', { set: '77' }],
    ['an id too long', { task: 'x'.repeat(70_000) }],
  ])('refuses %s', (_, wrong) => {
    expect(parseGradeLine({ ...lineOf(row('A')), ...wrong }).ok).toBe(false);
  });
  it('refuses what is no object', () => {
    for (const value of [null, 1, 'A', [], [lineOf(row('A'))]]) expect(parseGradeLine(value).ok).toBe(false);
  });
});
