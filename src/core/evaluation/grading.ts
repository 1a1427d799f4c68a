/**
 * Blind human grades of models' answers: the model is not shown, and answers come in random order. The scale, the counts
 * for each model and the agreement of two raters are those of the paper's human evaluation (section 4.4).
 */
import { agreement, type Agreement, spearman } from '../review/agreement';
import { deriveSeed } from '../random';
import { answerId, answerText } from './evaluation';

/** From best to worst: correct and satisfying; acceptable, minor errors; on topic, significant errors; irrelevant or invalid. */
export const GRADES = ['A', 'B', 'C', 'D'] as const;
/** A grade of the paper's human evaluation (section 4.4), A the best. */
export type Grade = (typeof GRADES)[number];

/** One rater's grade of one answer. */
export interface GradeRow {
  /** Derived from answer and rater, so that grading again replaces; begins with the answer's id. */
  readonly id: string;
  readonly evaluationId: string;
  readonly modelKey: string;
  readonly taskId: string;
  /** Place of the task in the set, from 0. */
  readonly index: number;
  readonly rater: string;
  readonly grade: Grade;
  /** Fingerprint of the answer that was read; see `answerFingerprint`. */
  readonly print: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** No answer's id contains a tilde. */
export const gradeId = (evaluationId: string, modelKey: string, index: number, rater: string): string =>
  `${answerId(evaluationId, modelKey, index)}~${rater}`;

/** Fingerprint of an answer as shown. */
export const answerFingerprint = (text: string): number => deriveSeed('graded answer', answerText(text));

// ---- blind order --------------------------------------------------------------------------------------------------

/** One answer to be graded. */
export interface BlindItem {
  /** `m01-000012`: model and index; does not reveal the model's name. */
  readonly id: string;
  readonly modelKey: string;
  readonly index: number;
}
/** Key of an answer within its evaluation. */
export const itemId = (modelKey: string, index: number): string => answerId('', modelKey, index).slice(1);

/**
 * All answers in the order in which one rater grades them: task by task, so that an instruction is read once, with the
 * answers shuffled for every task and rater. The order of the tasks is drawn for the set, the same for all raters, so that
 * two who stop early have graded the same tasks. Positions depend on the answer alone: later answers move no others.
 * @param has whether a model has answered the task at an index
 * @param set fingerprint of the tasks
 */
export function blindOrder(
  modelKeys: readonly string[],
  tasks: number,
  has: (modelKey: string, index: number) => boolean,
  { set, rater }: { readonly set: number; readonly rater: string },
): readonly BlindItem[] {
  const drawn = <T>(items: readonly T[], key: (item: T) => number): readonly T[] =>
    items
      .map((item, place) => ({ item, place, key: key(item) }))
      .sort((a, b) => a.key - b.key || a.place - b.place)
      .map(({ item }) => item);
  const places = drawn(
    Array.from({ length: tasks }, (_, index) => index),
    (index) => deriveSeed('blind task', set, index),
  );
  return places.flatMap((index) =>
    drawn(
      modelKeys.filter((key) => has(key, index)),
      (key) => deriveSeed('blind answer', set, rater, index, key),
    ).map((modelKey) => ({ id: itemId(modelKey, index), modelKey, index })),
  );
}

/** The next to grade: the first ungraded one; skipped ones come last. */
export function nextItem(
  order: readonly BlindItem[],
  isGraded: (item: BlindItem) => boolean,
  skipped: readonly string[],
): BlindItem | null {
  const open = order.filter((item) => !isGraded(item));
  const fresh = open.find(({ id }) => !skipped.includes(id));
  if (fresh) return fresh;
  // Skipped longest ago first.
  const turn = (id: string): number => skipped.lastIndexOf(id);
  return open.reduce<BlindItem | null>(
    (first, item) => (first === null || turn(item.id) < turn(first.id) ? item : first),
    null,
  );
}

// ---- figures ------------------------------------------------------------------------------------------------------

/** How many answers got each grade. */
export type GradeCounts = Readonly<Record<Grade, number>>;

/** Counts grades. */
export function countGrades(rows: readonly Pick<GradeRow, 'grade'>[]): GradeCounts {
  const counts = { A: 0, B: 0, C: 0, D: 0 };
  for (const { grade } of rows) counts[grade]++;
  return counts;
}

/** Agreement of two graders, by the paper's measures (appendix B). */
export interface GradeAgreement {
  /** All four classes. */
  readonly four: Agreement;
  /** {A, B} against {C, D}: whether the answer is acceptable. */
  readonly two: Agreement;
  /** Spearman's rank correlation, ties sharing their ranks; null where it is not defined. */
  readonly rho: number | null;
  /** Left out: graded by both, but the answers differed. */
  readonly otherText: number;
}
/** Agreement of two raters in the paper. */
export const PAPER_AGREEMENT = { four: 0.58, two: 0.75, rho: 0.81 };

/** Agreement on the answers that both raters graded. */
export function gradeAgreement(first: readonly GradeRow[], second: readonly GradeRow[]): GradeAgreement {
  const placed = new Map(first.map((row) => [itemId(row.modelKey, row.index), row]));
  const pairs: (readonly [Grade, Grade])[] = [];
  let otherText = 0;
  for (const row of second) {
    const other = placed.get(itemId(row.modelKey, row.index));
    if (!other) continue;
    if (other.print === row.print) pairs.push([other.grade, row.grade]);
    else otherText++;
  }
  const good = (grade: Grade): boolean => grade === 'A' || grade === 'B';
  const rank = (grade: Grade): number => -GRADES.indexOf(grade);
  return {
    four: agreement(pairs),
    two: agreement(pairs.map(([a, b]) => [good(a), good(b)])),
    rho: spearman(pairs.map(([a, b]) => [rank(a), rank(b)])),
    otherText,
  };
}
