/**
 * How well an answer agrees with the references: ROUGE-L F1 as the rouge_score package computes it, the best over the
 * references counts, with or without its stemmer (the paper's SuperNI scores: with); and exact match after the
 * normalisation of SuperNI's script (compute_metrics.py).
 */
import { rougeL } from '../similarity/rouge-l';
import { type TokenMode, tokenize } from '../similarity/tokenize';
import { type EvaluationTask, answerText } from './evaluation';
import { stemmed } from './porter-stemmer';

/** How words are compared. */
export interface ScoreOptions {
  /** Compare stems: `answers` and `answered` agree. */
  readonly stem: boolean;
  readonly tokens: TokenMode;
}
/** An answer's agreement with its references. */
export interface TaskScore {
  /** F1, 0 to 1. */
  readonly rougeL: number;
  readonly exact: boolean;
  /** Index of the best matching reference. */
  readonly best: number;
}

const PUNCTUATION = /[!-/:-@[-`{-~]/gu;
/** What Python's `str.split` takes for white space; JavaScript's `\s` differs in six characters. */
// eslint-disable-next-line no-control-regex -- four control characters are white space in Python
const SPACE = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** `normalize_answer` of SuperNI's script: lower case, no ASCII punctuation, single spaces. Articles stay, unlike in SQuAD's. */
export const normalised = (text: string): string =>
  text
    .toLowerCase()
    .replace(PUNCTUATION, '')
    .split(SPACE)
    .filter((word) => word !== '')
    .join(' ');

/** Remembers stems and the words of references: one scorer for all answers to a set. */
export class Scorer {
  readonly #stems = new Map<string, string>();
  readonly #references = new Map<EvaluationTask, readonly (readonly string[])[]>();

  constructor(private readonly options: ScoreOptions) {}

  /** Words as they are compared. */
  words(text: string): string[] {
    const tokens = tokenize(text, this.options.tokens);
    return this.options.stem ? tokens.map((token) => this.#stem(token)) : tokens;
  }

  score(task: EvaluationTask, answer: string): TaskScore {
    const text = answerText(answer);
    const words = this.words(text);
    let best = 0;
    let highest = -1;
    for (const [i, reference] of this.#wordsOf(task).entries()) {
      const { fmeasure } = rougeL(reference, words);
      if (fmeasure > highest) [highest, best] = [fmeasure, i];
    }
    const plain = normalised(text);
    const exact = task.references.some((reference) => normalised(reference) === plain);
    return { rougeL: Math.max(0, highest), exact, best };
  }

  #wordsOf(task: EvaluationTask): readonly (readonly string[])[] {
    const known = this.#references.get(task);
    if (known) return known;
    const words = task.references.map((reference) => this.words(reference));
    this.#references.set(task, words);
    return words;
  }

  #stem(token: string): string {
    const known = this.#stems.get(token);
    if (known !== undefined) return known;
    const stem = stemmed(token);
    this.#stems.set(token, stem);
    return stem;
  }
}
