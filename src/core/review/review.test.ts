import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, machineTask, tinyConfig, tinyRun } from '../../testing/tiny-pool';
import { candidateId, labelOf, runId } from '../ids';
import type { MachineTask, TaskId } from '../task';
import { compare } from './figures';
import { mergeRatings } from './merge';
import { pace } from './pace';
import {
  isBlank,
  isJudgeable,
  isRejected,
  judgedInstance,
  NO_ANSWERS,
  taskFingerprint,
  type Rating,
  ratingId,
  yesCount,
} from './rating';
import { headerRecord, parseRatingHeader, parseRatingLine, ratingRecord, sameRun } from './rating-file';
import { MAX_RATER, raterName } from './rater';
import { sampleOf } from './sample';

const RUN = runId(1);
const rowsOf = (run: number, count: number): { id: TaskId }[] =>
  Array.from({ length: count }, (_, i) => ({ id: candidateId(runId(run), i, 0) }));
const rating = (seq: number, rater: string, more: Partial<Rating> = {}): Rating => {
  const taskId = candidateId(RUN, seq, 0);
  return {
    id: ratingId(taskId, rater),
    runId: RUN,
    taskId,
    rater,
    verdict: null,
    flagged: false,
    answers: NO_ANSWERS,
    print: 1,
    ratedAt: 10,
    ...more,
  };
};

describe('a sample', () => {
  it('is the same in every copy of the run, and another one for another seed', () => {
    const here = sampleOf(rowsOf(1, 300), 50, 7).map(({ id }) => labelOf(id));
    expect(sampleOf(rowsOf(9, 300), 50, 7).map(({ id }) => labelOf(id))).toEqual(here);
    expect(sampleOf(rowsOf(1, 300), 50, 8).map(({ id }) => labelOf(id))).not.toEqual(here);
    expect(new Set(here).size).toBe(50);
  });
  it('grows at its end, and changes in one place when a task goes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 120 }),
        fc.nat(40),
        fc.integer(),
        fc.nat(),
        (count, size, seed, which) => {
          const rows = rowsOf(1, count);
          const sample = sampleOf(rows, size, seed);
          expect(sample).toHaveLength(Math.min(size, count));
          expect(sampleOf(rows, size + 5, seed).slice(0, sample.length)).toEqual(sample);
          const gone = rows[which % count];
          const rest = sampleOf(
            rows.filter((row) => row !== gone),
            size,
            seed,
          );
          const kept = sample.filter((row) => row !== gone);
          expect(rest.slice(0, kept.length)).toEqual(kept);
        },
      ),
    );
  });
  it('favours no place of the pool', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 200; seed++) {
      for (const { id } of sampleOf(rowsOf(1, 1000), 50, seed)) {
        tenths[Math.floor(Number(labelOf(id).slice(1, 7)) / 100)]!++;
      }
    }
    // 10,000 draws: 1,000 in each tenth, give or take five standard deviations.
    for (const drawn of tenths) expect(Math.abs(drawn - 1000)).toBeLessThan(150);
  });
});

describe('what is judged', () => {
  const one = complete(machineTask(RUN, 3, 'Name a river.'), 4);
  if (one.stage !== 'complete') throw new Error('not complete');
  const label = labelOf(one.id);
  const at = judgedInstance(label, 4);
  it('is one instance of the task, the same for every rater', () => {
    expect(at).toBeLessThan(4);
    const all = Array.from({ length: 400 }, (_, i) =>
      judgedInstance(`m${String(i).padStart(6, '0')}-000`, 4),
    );
    expect([...new Set(all)].sort()).toEqual([0, 1, 2, 3]);
    expect(judgedInstance(label, 0)).toBe(0);
  });
  it('has another print once its text is another, and the same when only other instances change', () => {
    const edit = (i: number): MachineTask & { instances: typeof one.instances } => ({
      ...one,
      instances: one.instances.map((instance, place) =>
        place === i ? { ...instance, output: 'new' } : instance,
      ),
    });
    expect(taskFingerprint(label, edit((at + 1) % 4))).toBe(taskFingerprint(label, one));
    expect(taskFingerprint(label, edit(at))).not.toBe(taskFingerprint(label, one));
    expect(taskFingerprint(label, { ...one, instruction: 'Name a lake.' })).not.toBe(
      taskFingerprint(label, one),
    );
  });
  it('needs an instance', () => {
    expect(isJudgeable(one)).toBe(true);
    expect(isJudgeable({ ...one, instances: [] })).toBe(false);
    expect(isJudgeable(machineTask(RUN, 1))).toBe(false);
  });
});

describe('a rating', () => {
  it('counts the yes answers once all are given, and is blank when nothing is said', () => {
    expect(yesCount({ valid: true, input: false, output: true })).toBe(2);
    expect(yesCount({ valid: true, input: null, output: true })).toBeNull();
    expect(isBlank(rating(1, 'a'))).toBe(true);
    expect(isBlank(rating(1, 'a', { flagged: true }))).toBe(false);
    expect(isBlank(rating(1, 'a', { answers: { ...NO_ANSWERS, input: false } }))).toBe(false);
  });
  it('takes a task out of a data set when nobody accepts what one rejects', () => {
    const no = rating(1, 'a', { verdict: 'rejected' });
    expect(isRejected([])).toBe(false);
    expect(isRejected([no, rating(1, 'b')])).toBe(true);
    expect(isRejected([no, rating(1, 'b', { verdict: 'accepted' })])).toBe(false);
  });
  it('names its rater in one line of bounded length', () => {
    expect(raterName('  Ana\n\u202e  Lovelace ')).toBe('Ana Lovelace');
    expect(raterName(' \u0000\u200e ')).toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const name = raterName(typed);
        if (name === null) return;
        expect(name.length).toBeLessThanOrEqual(MAX_RATER);
        expect(name.isWellFormed()).toBe(true);
        expect(raterName(name)).toBe(name);
      }),
    );
  });
});

describe("a rater's file", () => {
  const run = tinyRun(tinyConfig(5), 3);
  it('says the same when it is read again, for any marks', () => {
    const answer = fc.constantFrom(true, false, null);
    const any = fc.record({
      verdict: fc.constantFrom('accepted', 'rejected', null),
      flagged: fc.boolean(),
      answers: fc.record({ valid: answer, input: answer, output: answer }),
      print: fc.integer({ min: 0, max: 0xffff_ffff }),
      ratedAt: fc.nat(),
    });
    fc.assert(
      fc.property(fc.nat(999_999), any, (seq, marks) => {
        const record = JSON.parse(JSON.stringify(ratingRecord(rating(seq, 'a', marks)))) as unknown;
        const task = labelOf(candidateId(RUN, seq, 0));
        expect(parseRatingLine(record)).toEqual({ ok: true, row: { task, ...marks } });
      }),
    );
  });
  it('belongs to its run under any number, and to no other', () => {
    const header = parseRatingHeader(headerRecord('Ana', run, 4));
    if (!header.ok) throw new Error(header.reason);
    expect(header.row).toMatchObject({ rater: 'Ana', ratings: 4 });
    expect(sameRun(header.row.run, { ...run, id: runId(8), number: 8, source: 'imported' })).toBe(true);
    expect(sameRun(header.row.run, { ...run, createdAt: 99 })).toBe(false);
    expect(sameRun(header.row.run, { ...run, config: { ...run.config, seed: 1 } })).toBe(false);
  });
  it('that is none, is newer or is damaged is refused with a reason', () => {
    const good = headerRecord('Ana', run, 4) as Record<string, unknown>;
    expect(parseRatingHeader({ instruction: 'x' })).toMatchObject({ ok: false });
    expect(parseRatingHeader({ ...good, version: 2 })).toMatchObject({
      reason: expect.stringMatching(/newer/u) as string,
    });
    expect(parseRatingHeader({ ...good, rater: ' \n' })).toMatchObject({
      reason: expect.stringMatching(/no rater/u) as string,
    });
    const line = ratingRecord(rating(1, 'a')) as Record<string, unknown>;
    for (const bad of [
      { task: 'r0001-m000001-000' },
      { task: '__proto__' },
      { verdict: 'maybe' },
      { valid_task: 1 },
      { print: -1 },
      { rated_at: null },
      { flagged: undefined },
    ]) {
      expect(parseRatingLine({ ...line, ...bad })).toMatchObject({ ok: false });
    }
  });
});

describe('a merge', () => {
  const line = (seq: number, ratedAt: number, print = 1) => ({
    task: labelOf(candidateId(RUN, seq, 0)),
    verdict: null,
    flagged: true,
    answers: NO_ANSWERS,
    print,
    ratedAt,
  });
  const known = (ratings: readonly Rating[]) => ({
    rating: (id: string) => ratings.find((one) => one.id === id),
    print: (id: TaskId) => (id < candidateId(RUN, 5, 0) ? 1 : undefined),
  });
  it('takes what is new or newer, and tells what it left', () => {
    const here = [rating(1, 'Ben', { ratedAt: 20 }), rating(2, 'Ben', { ratedAt: 5 }), rating(3, 'Ana')];
    const merge = mergeRatings(
      [line(1, 10), line(2, 10), line(3, 10), line(4, 10, 2), line(6, 10), line(4, 9)],
      'Ben',
      RUN,
      known(here),
    );
    expect(merge).toMatchObject({ added: 2, updated: 1, kept: 2, unknown: 1, otherText: 1 });
    expect(merge.rows.map(({ id }) => id)).toEqual(
      [2, 3, 4].map((seq) => ratingId(candidateId(RUN, seq, 0), 'Ben')),
    );
  });
  it('changes nothing the second time, and never touches the marks of another', () => {
    const lines = [line(1, 10), line(2, 10)];
    const first = mergeRatings(lines, 'Ben', RUN, known([rating(1, 'Ana')]));
    expect(first.rows.every(({ rater }) => rater === 'Ben')).toBe(true);
    expect(mergeRatings(lines, 'Ben', RUN, known(first.rows))).toMatchObject({ rows: [], kept: 2 });
  });
});

it('two raters are compared on what both judged as the same text', () => {
  const yes = { valid: true, input: true, output: true };
  const byTask = (ratings: readonly Rating[]) => new Map(ratings.map((one) => [one.taskId, one]));
  const found = compare(
    byTask([
      rating(1, 'a', { answers: yes, verdict: 'accepted' }),
      rating(2, 'a', { answers: { ...yes, output: false }, verdict: 'rejected' }),
      rating(3, 'a', { answers: yes }),
      rating(4, 'a', { answers: yes }),
    ]),
    byTask([
      rating(1, 'b', { answers: yes, verdict: 'accepted' }),
      rating(2, 'b', { answers: { valid: true, input: null, output: false }, verdict: 'accepted' }),
      rating(3, 'b', { answers: yes, print: 2 }),
      rating(5, 'b', { answers: yes }),
    ]),
  );
  expect(found).toEqual({
    questions: {
      valid: { pairs: 2, same: 2, kappa: null },
      input: { pairs: 1, same: 1, kappa: null },
      output: { pairs: 2, same: 2, kappa: 1 },
    },
    verdict: { pairs: 2, same: 1, kappa: 0 },
    rho: null,
    rhoPairs: 1,
    otherText: 1,
  });
});

describe('the pace', () => {
  it('is the mean of the latest gaps, a break counted as two minutes', () => {
    expect(pace([])).toBeNull();
    expect(pace([5])).toBeNull();
    expect(pace([0, 10_000, 30_000])).toBe(15_000);
    expect(pace([0, 10_000, 10_000_000])).toBe(65_000);
    expect(pace([0, ...Array.from({ length: 21 }, (_, i) => 1_000_000 + i * 1000)])).toBe(1000);
  });
});
