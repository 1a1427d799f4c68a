import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineTask, poolSeeds, tinyConfig, tinyRun, tinySeeds } from '../../testing/tiny-pool';
import { ratingOf, stored } from '../../testing/any-run';
import { CLOSE_SCORE } from '../analysis/overlap';
import { OracleIndex } from '../similarity/oracle-index';
import { rougeL } from '../similarity/rouge-l';
import { tokenize } from '../similarity/tokenize';
import { type ClassFindings, ClassFindingsSum, classTasks, type PupilWork } from './class-pool';
import { classRatings } from './class-ratings';
import { runId } from '../ids';
import type { BackupRow } from '../ports';
import type { Answers } from '../review/rating';

const RUN = runId(1);
const SEEDS = tinySeeds(2);
interface Pupil {
  /** Pupils with the same number have the same run. */
  readonly run?: number;
  readonly tasks?: readonly string[];
  readonly ratings?: readonly {
    readonly rater: string;
    readonly answers: readonly Answers[];
    /** When the first was given; the others follow. */
    readonly at?: number;
  }[];
}
const row = (kind: 'task' | 'rating', value: object): BackupRow => ({ kind, row: value }) as BackupRow;

function classOf(pupils: readonly Pupil[]): readonly PupilWork[] {
  return pupils.map(({ run = 0, tasks = [], ratings = [] }, i) => {
    const rows = [
      ...poolSeeds(RUN, SEEDS).map((seed) => row('task', seed)),
      ...tasks.map((text, seq) => row('task', machineTask(RUN, seq, text))),
      ...ratings.flatMap(({ rater, answers, at = 0 }) =>
        answers.map((one, seq) =>
          row(
            'rating',
            ratingOf(seq, {
              rater,
              answers: one,
              verdict: null,
              flagged: false,
              print: seq,
              ratedAt: at + seq,
            }),
          ),
        ),
      ),
    ];
    const all = stored(rows);
    const record = { ...tinyRun(tinyConfig(9)), createdAt: run };
    return {
      id: `p${i + 1}`,
      handIn: { name: `P${i + 1}`, savedAt: 1, scores: [], lessons: [], run: { ...all, run: record } },
    };
  });
}
function found(pupils: readonly Pupil[]): ClassFindings {
  const tasks = classTasks(classOf(pupils));
  const index = new OracleIndex('ascii');
  for (const { id, instruction } of tasks) index.add(id, instruction);
  const machine = tasks.filter(({ origin }) => origin === 'machine');
  const sum = new ClassFindingsSum(tasks);
  for (const { instruction } of machine) sum.add(index.neighbours(instruction, CLOSE_SCORE));
  return sum.value;
}
const fresh = (pupils: readonly Pupil[]): readonly (readonly [string, number])[] => [...found(pupils).fresh];

describe('the pool of a class', () => {
  it('finds what is new: not close to seeds, to others, or to one of its own before', () => {
    const seed = SEEDS[1]?.instruction ?? '';
    expect(
      fresh([
        { run: 1, tasks: ['Draw a green parrot.', seed, 'Boil an egg in salty water.'] },
        {
          run: 2,
          tasks: ['Draw a green parrot!', 'Fold a paper boat for me.', 'Fold a paper boat for me now.'],
        },
      ]),
    ).toEqual([
      ['p1', 1],
      ['p2', 1],
    ]);
  });

  it('lists pairs of different pupils once, best first', () => {
    const { close, tasks } = found([
      { run: 1, tasks: ['Draw a green parrot.', 'Name two rivers in the north.'] },
      { run: 2, tasks: ['Name two rivers in the south.', 'Draw a green parrot.'] },
    ]);
    expect(tasks).toBe(4);
    expect(close.pairs.map(({ text, otherText }) => [text, otherText])).toEqual([
      ['Draw a green parrot.', 'Draw a green parrot.'],
      ['Name two rivers in the north.', 'Name two rivers in the south.'],
    ]);
    expect([close.close, close.equal]).toEqual([2, 1]);
  });

  it('counts what several have of one run once, as the find of none', () => {
    const pupils = [
      { run: 1, tasks: ['Draw a green parrot.'] },
      { run: 1, tasks: ['Draw a green parrot.'] },
    ];
    expect(found(pupils).tasks).toBe(1);
    expect(found(pupils).close.close).toBe(0);
    expect(fresh(pupils)).toEqual([]);
  });

  it('agrees with ROUGE-L asked pair by pair', () => {
    const text = fc
      .array(fc.constantFrom('draw', 'a', 'green', 'red', 'bird', 'now'), { minLength: 2, maxLength: 5 })
      .map((words) => words.join(' '));
    const pupils = fc.array(fc.array(text, { maxLength: 4 }), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(pupils, (all) => {
        const works = all.map((tasks, run) => ({ run: run + 1, tasks }));
        let pairs = 0;
        for (const [i, first] of all.entries()) {
          for (const second of all.slice(i + 1).flat()) {
            for (const one of first) {
              const { fmeasure } = rougeL(tokenize(one, 'ascii'), tokenize(second, 'ascii'));
              if (fmeasure >= CLOSE_SCORE) pairs++;
            }
          }
        }
        expect(found(works).close.close).toBe(pairs);
      }),
    );
  });
});

describe('the ratings of a class', () => {
  const yes: Answers = { valid: true, input: true, output: true };
  const no: Answers = { valid: false, input: true, output: false };
  it('gives the mean kappa over pairs of raters of the same run, and the shares over all', () => {
    const ratings = classRatings(
      classOf([
        { run: 1, ratings: [{ rater: 'me', answers: [yes, no, yes, no] }] },
        { run: 1, ratings: [{ rater: 'me', answers: [yes, no, no, no], at: 100 }] },
        { run: 2, ratings: [{ rater: 'Ana', answers: [no, no, no, yes] }] },
      ]),
    );
    // 3 of 4 the same; chance (2 x 1 + 2 x 3) / 16 = 0.5.
    expect(ratings.kappas.valid).toEqual({ kappa: 0.5, pairs: 1 });
    // Both always say yes: not defined.
    expect(ratings.kappas.input).toEqual({ kappa: null, pairs: 0 });
    expect([ratings.raters, ratings.ratings]).toEqual([2 + 1, 12]);
    expect(ratings.quality.valid).toMatchObject({ yes: 4, of: 12 });
  });
  it('counts the same ratings once when two of a group hand them in', () => {
    const group = { run: 1, ratings: [{ rater: 'Ana', answers: [yes, no] }] };
    expect(classRatings(classOf([group, group]))).toMatchObject({ raters: 1, ratings: 2 });
  });
  it('takes what was handed in early and again later as of one rater', () => {
    const after = (answers: readonly Answers[], at = 0) => ({
      run: 1,
      ratings: [{ rater: 'Ana', answers, at }],
    });
    const early = after([yes, no]);
    expect(classRatings(classOf([early, after([yes, no, yes, no])]))).toMatchObject({
      raters: 1,
      ratings: 4,
      kappas: { valid: { pairs: 0 } },
    });
    // Somebody else of that name rated at another time.
    expect(classRatings(classOf([early, after([yes, no], 50)]))).toMatchObject({ raters: 2, ratings: 4 });
  });
});
