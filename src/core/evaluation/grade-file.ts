/** Grades as rows of a JSONL or CSV file, and back: checked, matched with the answers here, and merged. */
import * as v from 'valibot';
import { lossIn } from '../dataset/json-record';
import { type MergeReport, newerWins } from '../review/newer-wins';
import { MAX_RATER, raterName } from '../review/rater';
import { RECORD_WORDS } from '../record-words';
import { checked, type Checked } from '../schema';
import type { EvaluationRecord, EvaluationTask } from './evaluation';
import { gradeId, GRADES, type Grade, type GradeRow, itemId } from './grading';

/** Every row has its rater and task set, so that files can be joined and sorted by hand. */
export interface GradeLine {
  /** Fingerprint of the set of tasks. */
  readonly set: number;
  readonly rater: string;
  /** Position of the task in the set, from 0. */
  readonly place: number;
  readonly task: string;
  /** Key of the model in the evaluation where it was graded. */
  readonly model: string;
  readonly grade: Grade;
  readonly answer_print: number;
  /** Milliseconds since 1970. */
  readonly graded_at: number;
}
/** The columns with numbers. */
export const NUMBER_COLUMNS: readonly string[] = ['set', 'place', 'answer_print', 'graded_at'];

/** One grade as a row of a file. */
export const gradeLine = (
  { rater, index, taskId, modelKey, grade, print, at }: GradeRow,
  set: number,
): GradeLine => ({
  set,
  rater,
  place: index,
  task: taskId,
  model: modelKey,
  grade,
  answer_print: print,
  graded_at: at,
});

const print = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff_ffff));
const columns = {
  set: print,
  rater: v.pipe(
    v.string(),
    v.maxLength(MAX_RATER),
    v.check((name) => raterName(name) === name, RECORD_WORDS.kinds.name),
  ),
  place: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  task: v.pipe(v.string(), v.maxLength(65_536)),
  model: v.pipe(
    v.string(),
    v.check((key) => /^m\d{2,6}$/u.test(key), RECORD_WORDS.kinds.modelKey),
  ),
  grade: v.picklist(GRADES),
  answer_print: print,
  // The latest time that a Date can represent.
  graded_at: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(8.64e15)),
};
/** Columns of a file of grades, in their order. */
export const GRADE_COLUMNS = Object.keys(columns) as (keyof GradeLine)[];
const line: v.GenericSchema<unknown, GradeLine> = v.object(columns);
/** Checks one row of a file of grades. */
export function parseGradeLine(value: unknown): Checked<GradeLine> {
  const loss = lossIn(value);
  return loss === null ? checked(line, value) : { ok: false, reason: loss };
}

export interface GradeMerge extends MergeReport<GradeRow> {
  /** Raters whose grades are in the file. */
  readonly raters: readonly string[];
}
interface Here {
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  /** Fingerprint of a model's answer to the task at an index; undefined without one. */
  print(modelKey: string, index: number): number | undefined;
  grade(id: string): GradeRow | undefined;
}

/**
 * Merges a file's grades, all of this set of tasks. Models may have other keys in the file: a model there is matched with
 * the one here that gave the same answers. A grade of another answer, or of no model here, counts as unknown.
 */
export function mergeGrades(lines: readonly GradeLine[], here: Here): GradeMerge {
  const keys = sameModels(lines, here);
  const evaluationId = here.record.id;
  const found = lines.map(
    ({ rater, place, task, model, grade, answer_print, graded_at }): GradeRow | null => {
      const modelKey = keys.get(model);
      const same =
        modelKey !== undefined &&
        here.tasks[place]?.id === task &&
        here.print(modelKey, place) === answer_print;
      if (!same) return null;
      const id = gradeId(evaluationId, modelKey, place, rater);
      const row = { id, evaluationId, modelKey, taskId: task, index: place, rater, grade };
      return { ...row, print: answer_print, at: graded_at };
    },
  );
  return {
    ...newerWins(
      found,
      (id) => here.grade(id),
      ({ at }) => at,
    ),
    raters: [...new Set(lines.map(({ rater }) => rater))],
  };
}

/** Matches each model of the file with the one here that has most answers in common, among equals the one of the same key. */
function sameModels(lines: readonly GradeLine[], here: Here): ReadonlyMap<string, string> {
  const ours = here.record.models.map(({ key }) => key);
  const prints = new Map<string, Map<string, GradeLine>>();
  for (const one of lines) {
    const answers = prints.get(one.model) ?? new Map<string, GradeLine>();
    answers.set(itemId(one.model, one.place), one);
    prints.set(one.model, answers);
  }
  const pairs = [...prints].flatMap(([theirs, answers]) =>
    ours.map((key) => {
      let equal = 0;
      for (const { place, answer_print } of answers.values()) {
        if (here.print(key, place) === answer_print) equal++;
      }
      return { theirs, key, equal };
    }),
  );
  pairs.sort((a, b) => b.equal - a.equal || Number(b.theirs === b.key) - Number(a.theirs === a.key));
  const found = new Map<string, string>();
  const taken = new Set<string>();
  // Matched one to one: two models with the same answers stay two.
  for (const { theirs, key, equal } of pairs) {
    if (equal === 0 || found.has(theirs) || taken.has(key)) continue;
    found.set(theirs, key);
    taken.add(key);
  }
  return found;
}
