/** Predict, run, explain: what is asked before something is shown, and what a pupil said to it. Pure data. */

/** The pupil says first what will happen. */
export interface PredictionQuestion {
  readonly ask: string;
  readonly options: readonly string[];
  /** The right option, from 0. */
  readonly answer: number;
}

/** A question in the pupil's own words, after it was seen. */
export interface ExplanationQuestion {
  readonly ask: string;
  /** What a good answer says; for the teacher. */
  readonly expected: string;
}

/** What a pupil said in one step of a lesson. */
export interface StepAnswer {
  /** The number of an option, from 0; null before the pupil said anything. */
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
export const isRight = ({ answer }: PredictionQuestion, predicted: number): boolean => predicted === answer;

/** A prediction, or the answer, in words. */
export const saidOf = ({ options }: PredictionQuestion, predicted: number): string =>
  options[predicted] ?? '';
