/** Figures from stored answers: means with intervals for each model, pairs of models on the same tasks, parts of the set. */
import { wordCount } from '../word-count';
import type { Answer, EvaluatedModel, EvaluationTask } from './evaluation';
import {
  type Interval,
  type PairedTest,
  type ResamplingOptions,
  type Steps,
  bootstrapMean,
  pairedTest,
} from './resampling';
import type { Scorer, TaskScore } from './score';

/** A task's answer with its score. */
export interface ScoredAnswer {
  readonly answer: Answer;
  readonly score: TaskScore;
}
/** A model's scored answers by index of the task; undefined where there is none yet. */
export type AnswerSheet = readonly (ScoredAnswer | undefined)[];

/** What counts as a good answer: ROUGE-L F1, or the exact text. */
export type Measure = 'rouge-l' | 'exact';
/** Points of 100, as in the paper's tables. */
export const pointsOf = ({ rougeL, exact }: TaskScore, measure: Measure): number =>
  measure === 'rouge-l' ? 100 * rougeL : exact ? 100 : 0;

/** One model's scores on a set, with their intervals. */
export interface ModelFigures {
  readonly model: EvaluatedModel;
  /** Number of answers, including those that did not fit and score 0. */
  readonly answers: number;
  readonly tooLong: number;
  /** Cut off at the max tokens. */
  readonly cut: number;
  readonly empty: number;
  readonly tokens: number;
  /** Mean words of an answer. */
  readonly words: number;
  /** Points of 100; null without answers. */
  readonly rougeL: Interval | null;
  readonly exact: Interval | null;
}

/** An answer with its score. */
export function scored(scorer: Scorer, task: EvaluationTask, answer: Answer): ScoredAnswer {
  return { answer, score: scorer.score(task, answer.text) };
}

const present = (sheet: AnswerSheet): ScoredAnswer[] => sheet.filter((entry) => entry !== undefined);
const points = (sheet: AnswerSheet, measure: Measure): number[] =>
  present(sheet).map(({ score }) => pointsOf(score, measure));

/** Mean and 95 % interval of a model, in steps so that the page stays responsive. */
export function* modelFigures(
  model: EvaluatedModel,
  sheet: AnswerSheet,
  options: ResamplingOptions,
): Steps<ModelFigures> {
  const answers = present(sheet);
  const count = (is: (answer: Answer) => boolean): number =>
    answers.reduce((sum, { answer }) => sum + (is(answer) ? 1 : 0), 0);
  const words = answers.reduce((sum, { answer }) => sum + wordCount(answer.text), 0);
  return {
    model,
    answers: answers.length,
    tooLong: count(({ outcome }) => outcome === 'too-long'),
    cut: count(({ finishReason }) => finishReason === 'length'),
    empty: count(({ outcome, text }) => outcome === 'answered' && text.trim() === ''),
    tokens: answers.reduce((sum, { answer }) => sum + answer.completionTokens, 0),
    words: answers.length > 0 ? words / answers.length : 0,
    rougeL: yield* bootstrapMean(points(sheet, 'rouge-l'), options),
    exact: yield* bootstrapMean(points(sheet, 'exact'), options),
  };
}

/** Two models on the same tasks: paired difference and test. */
export interface PairFigures {
  /** Keys of the models; differences are the second minus the first. */
  readonly first: string;
  readonly second: string;
  /** Tasks that both have answered. */
  readonly tasks: number;
  readonly test: PairedTest;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

/** Null when no task was answered by both. */
export function* pairFigures(
  first: { readonly key: string; readonly sheet: AnswerSheet },
  second: { readonly key: string; readonly sheet: AnswerSheet },
  measure: Measure,
  options: ResamplingOptions,
): Steps<PairFigures | null> {
  const differences = gains(first.sheet, second.sheet, measure).filter((gain) => gain !== null);
  const test = yield* pairedTest(differences, options);
  if (!test) return null;
  return {
    first: first.key,
    second: second.key,
    tasks: differences.length,
    test,
    wins: differences.filter((gain) => gain > 0).length,
    ties: differences.filter((gain) => gain === 0).length,
    losses: differences.filter((gain) => gain < 0).length,
  };
}

/** Pairs are stored once; in the other direction all signs change. */
export function pairOf(pairs: readonly PairFigures[], from: string, to: string): PairFigures | null {
  const direct = pairs.find(({ first, second }) => first === from && second === to);
  if (direct) return direct;
  const turned = pairs.find(({ first, second }) => first === to && second === from);
  if (!turned) return null;
  const { test, wins, losses } = turned;
  return {
    ...turned,
    first: from,
    second: to,
    wins: losses,
    losses: wins,
    test: { ...test, difference: -test.difference, low: -test.high, high: -test.low },
  };
}

/** The second's points minus the first's, by index of the task; null where one of them has no answer. */
export const gains = (first: AnswerSheet, second: AnswerSheet, measure: Measure): (number | null)[] =>
  Array.from({ length: Math.max(first.length, second.length) }, (_, i) => {
    const [a, b] = [first[i], second[i]];
    return a && b ? pointsOf(b.score, measure) - pointsOf(a.score, measure) : null;
  });

// ---- parts of a set -----------------------------------------------------------------------------------------------

/** Ways to divide a set into parts. */
export const PART_KINDS = ['app', 'type', 'reference', 'input'] as const;
/** One way to divide a set into parts. */
export type PartKind = (typeof PART_KINDS)[number];
/** Tasks that have something in common. */
export interface Part {
  readonly label: string;
  /** Indices of its tasks in the set. */
  readonly places: readonly number[];
}
/** Scores of all models on one part of a set. */
export interface PartFigures {
  readonly part: Part;
  /** By model, in their order. */
  readonly models: readonly (Interval | null)[];
}

const LENGTHS = [
  { label: '1 word', most: 1 },
  { label: '2 to 5 words', most: 5 },
  { label: '6 to 20 words', most: 20 },
  { label: '21 to 50 words', most: 50 },
  { label: 'more than 50 words', most: Infinity },
];
const lengthLabel = (text: string): string => {
  const words = wordCount(text);
  return LENGTHS.find(({ most }) => words <= most)?.label ?? '';
};

/** The part that a task belongs to; the first reference gives its length. */
const LABEL: Readonly<Record<PartKind, (task: EvaluationTask) => string>> = {
  app: ({ app }) => app ?? 'not named',
  type: ({ isClassification }) =>
    isClassification === null ? 'not known' : isClassification ? 'classification' : 'other tasks',
  reference: ({ references }) => lengthLabel(references[0] ?? ''),
  input: ({ input }) => (input.trim() === '' ? 'no input' : lengthLabel(input)),
};
const ORDER: readonly string[] = ['no input', ...LENGTHS.map(({ label }) => label)];

/** Lengths in ascending order, other parts by size. */
export function partsOf(tasks: readonly EvaluationTask[], kind: PartKind): readonly Part[] {
  const places = new Map<string, number[]>();
  for (const [i, task] of tasks.entries()) {
    const label = LABEL[kind](task);
    const known = places.get(label);
    if (known) known.push(i);
    else places.set(label, [i]);
  }
  const parts = [...places].map(([label, own]) => ({ label, places: own }));
  if (kind === 'reference' || kind === 'input') {
    return parts.sort((a, b) => ORDER.indexOf(a.label) - ORDER.indexOf(b.label));
  }
  return parts.sort((a, b) => b.places.length - a.places.length || (a.label < b.label ? -1 : 1));
}

/** Mean and interval of each model on one part, in steps. */
export function* partFigures(
  part: Part,
  sheets: readonly AnswerSheet[],
  measure: Measure,
  options: ResamplingOptions,
): Steps<PartFigures> {
  const models: (Interval | null)[] = [];
  for (const sheet of sheets) {
    const own = part.places.map((place) => sheet[place]);
    models.push(yield* bootstrapMean(points(own, measure), options));
  }
  return { part, models };
}

// ---- all of it -------------------------------------------------------------------------------------------------

/** All figures of an evaluation. */
export interface EvaluationFigures {
  readonly measure: Measure;
  readonly models: readonly ModelFigures[];
  /** Every two models once, the earlier one first. */
  readonly pairs: readonly PairFigures[];
  readonly sheets: ReadonlyMap<string, AnswerSheet>;
}
/** What of a set is shown, by model. */
export interface PartTable {
  readonly kind: PartKind;
  readonly models: readonly EvaluatedModel[];
  readonly parts: readonly PartFigures[];
}
