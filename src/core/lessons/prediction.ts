/** Predict, run, explain: what is asked before something is shown, and what a pupil said to it. Pure data. */

/** The pupil says first what will happen. */
export type PredictionQuestion =
  | {
      readonly kind: 'choice';
      readonly ask: string;
      readonly options: readonly string[];
      /** The right option, from 0. */
      readonly answer: number;
    }
  | {
      readonly kind: 'number';
      readonly ask: string;
      readonly min: number;
      readonly max: number;
      /** Between two values that can be chosen. */
      readonly step: number;
      readonly answer: number;
      /** A prediction this far from the answer, or less, counts as right. */
      readonly near: number;
    };

/** A question in the pupil's own words, after it was seen. */
export interface ExplanationQuestion {
  readonly ask: string;
  /** What a good answer says; for the teacher. */
  readonly expected: string;
}

/** What a pupil said in one step of a lesson. */
export interface StepAnswer {
  /** The number of an option from 0, or the number that was named; null before the pupil said anything. */
  readonly predicted: number | null;
  /** The result was looked at: the prediction changes no more. */
  readonly seen: boolean;
  /** In the pupil's own words; may be empty. */
  readonly explained: string;
}
export const NO_ANSWER: StepAnswer = { predicted: null, seen: false, explained: '' };

/** In characters, about seventy words: the report of a lesson is one page. What is longer is cut. */
export const MAX_EXPLANATION = 400;

/** Whether what was predicted is what happens. */
export const isRight = (prediction: PredictionQuestion, predicted: number): boolean =>
  prediction.kind === 'choice'
    ? predicted === prediction.answer
    : // As they are written: 0.9 - 0.8 is a little more than 0.1.
      Number((Math.abs(predicted - prediction.answer) - prediction.near).toFixed(9)) <= 0;

/** A prediction, or the answer, in words. */
export const saidOf = (question: PredictionQuestion, predicted: number): string =>
  question.kind === 'choice' ? (question.options[predicted] ?? '') : `${predicted}`;
