/** One rater's ratings as a file of lines: who rated which run, then one line for each task. Checked when read. */
import * as v from 'valibot';
import { labelOf } from '../ids';
import { RECORD_WORDS } from '../record-words';
import type { RunRecord } from '../run';
import { checked, type Checked } from '../schema';
import { raterName } from './rater';
import type { Rating } from './rating';

const RATINGS_FORMAT = 'self-instruct-ratings';
const RATINGS_VERSION = 1;

/** Identifies the same run on another device, where its number may differ. */
export interface RunMark {
  readonly created_at: number;
  readonly seed: number;
  readonly model: string;
}
export const runMark = ({ createdAt, config, model }: RunRecord): RunMark => ({
  created_at: createdAt,
  seed: config.seed,
  model: model.hash,
});
export const sameRun = (mark: RunMark, run: RunRecord): boolean =>
  JSON.stringify(mark) === JSON.stringify(runMark(run));

export interface RatingHeader {
  readonly rater: string;
  readonly run: RunMark;
  readonly ratings: number;
}
/** A rating without the run's number, which may differ on another device. */
export interface RatingLine extends Omit<Rating, 'id' | 'runId' | 'taskId' | 'rater'> {
  readonly task: string;
}

export const headerRecord = (rater: string, run: RunRecord, ratings: number): unknown => ({
  format: RATINGS_FORMAT,
  version: RATINGS_VERSION,
  rater,
  run: runMark(run),
  ratings,
});
export const ratingRecord = ({ taskId, verdict, flagged, answers, print, ratedAt }: Rating): unknown => ({
  task: labelOf(taskId),
  verdict,
  flagged,
  valid_task: answers.valid,
  input_appropriate: answers.input,
  output_correct: answers.output,
  print,
  rated_at: ratedAt,
});

const real = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const answer = v.nullable(v.boolean());
const header = v.object({
  format: v.literal(RATINGS_FORMAT),
  version: v.number(),
  rater: v.pipe(v.string(), v.maxLength(1000)),
  run: v.object({ created_at: real, seed: real, model: v.pipe(v.string(), v.maxLength(1000)) }),
  ratings: whole,
});
const row: v.GenericSchema<unknown, RatingLine> = v.pipe(
  v.object({
    task: v.pipe(v.string(), v.regex(/^m\d{6,12}-\d{2,12}$/u)),
    verdict: v.nullable(v.picklist(['accepted', 'rejected'])),
    flagged: v.boolean(),
    valid_task: answer,
    input_appropriate: answer,
    output_correct: answer,
    print: v.pipe(whole, v.maxValue(0xffff_ffff)),
    rated_at: real,
  }),
  v.transform(
    ({ task, verdict, flagged, valid_task, input_appropriate, output_correct, print, rated_at }) => ({
      task,
      verdict,
      flagged,
      answers: { valid: valid_task, input: input_appropriate, output: output_correct },
      print,
      ratedAt: rated_at,
    }),
  ),
);

export function parseRatingHeader(value: unknown): Checked<RatingHeader> {
  const result = v.safeParse(header, value);
  if (!result.success) return { ok: false, reason: RECORD_WORDS.notRatings };
  const { version, rater: typed, run, ratings } = result.output;
  if (version > RATINGS_VERSION) return { ok: false, reason: RECORD_WORDS.newer };
  const rater = raterName(typed);
  if (version !== RATINGS_VERSION || rater === null) {
    return { ok: false, reason: RECORD_WORDS.noRater };
  }
  return { ok: true, row: { rater, run, ratings } };
}
export const parseRatingLine = (value: unknown): Checked<RatingLine> => checked(row, value);
