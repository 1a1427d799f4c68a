/** The ratings of a class: the paper's quality table over all of them, and how far raters of one run agree. */
import { labelOf } from '../ids';
import { compare, type Comparison } from '../review/figures';
import { type Quality, qualityOf } from '../review/quality';
import { QUESTIONS, type Question, type Rating } from '../review/rating';
import type { TaskId } from '../task';
import type { PupilWork } from './class-pool';
import { runKey } from './run-key';

/** Kappa of a class, after Light (1971): the mean over all pairs of raters. */
export interface ClassKappa {
  /** Null where no pair has one. */
  readonly kappa: number | null;
  /** Pairs of raters that have one. */
  readonly pairs: number;
}
export interface ClassRatings {
  readonly raters: number;
  readonly ratings: number;
  readonly quality: Quality;
  readonly kappas: Readonly<Record<Question | 'verdict', ClassKappa>>;
}
/** What one person said of one run. */
interface Sheet {
  readonly run: string;
  readonly rater: string;
  readonly ratings: ReadonlyMap<TaskId, Rating>;
}

export function classRatings(works: readonly PupilWork[]): ClassRatings {
  const sheets = sheetsOf(works);
  const all = sheets.flatMap(({ ratings }) => [...ratings.values()]);
  const comparisons = sheets.flatMap((first, i) =>
    sheets
      .slice(i + 1)
      .flatMap((second) => (first.run === second.run ? [compare(first.ratings, second.ratings)] : [])),
  );
  const [valid, input, output] = QUESTIONS;
  const on = (question: Question): ClassKappa => meanOf(comparisons, (one) => one.questions[question].kappa);
  return {
    raters: sheets.length,
    ratings: all.length,
    quality: qualityOf(all),
    kappas: {
      valid: on(valid),
      input: on(input),
      output: on(output),
      verdict: meanOf(comparisons, ({ verdict }) => verdict.kappa),
    },
  };
}

function meanOf(comparisons: readonly Comparison[], kappaOf: (one: Comparison) => number | null): ClassKappa {
  const kappas = comparisons.map(kappaOf).filter((kappa) => kappa !== null);
  const sum = kappas.reduce((all, kappa) => all + kappa, 0);
  return { kappa: kappas.length > 0 ? sum / kappas.length : null, pairs: kappas.length };
}

/**
 * What one person said of a run counts once, whoever of a group hands it in, and however often: what was said before a later
 * hand-in is in both, at the same millisecond. Two pupils may both rate as “me”: they are two raters.
 */
function sheetsOf(works: readonly PupilWork[]): readonly Sheet[] {
  let sheets: readonly Sheet[] = [];
  for (const { handIn } of works) {
    const run = runKey(handIn.run.run);
    const byRater = new Map<string, Map<TaskId, Rating>>();
    for (const { kind, row } of handIn.run.rows) {
      if (kind !== 'rating') continue;
      const own = byRater.get(row.rater) ?? new Map<TaskId, Rating>();
      // The number of a run differs from device to device.
      byRater.set(row.rater, own.set(labelOf(row.taskId) as TaskId, row));
    }
    for (const [rater, ratings] of byRater) {
      const same = sheets.filter(
        (one) => one.run === run && one.rater === rater && meet(one.ratings, ratings),
      );
      const others = sheets.filter((one) => !same.includes(one));
      sheets = [...others, { run, rater, ratings: newest([...same.map((one) => one.ratings), ratings]) }];
    }
  }
  return sheets;
}

type Ratings = Sheet['ratings'];
const meet = (first: Ratings, second: Ratings): boolean =>
  [...first].some(([task, { ratedAt }]) => second.get(task)?.ratedAt === ratedAt);

function newest(all: readonly Ratings[]): Ratings {
  const found = new Map<TaskId, Rating>();
  for (const [task, rating] of all.flatMap((ratings) => [...ratings])) {
    const known = found.get(task);
    if (!known || known.ratedAt < rating.ratedAt) found.set(task, rating);
  }
  return found;
}
