/**
 * Words that a teacher does not want on a classroom's screen: whole words, in any case, with their simple English
 * inflections ("kill": kills, killed, killing). An entry may have several words; then its last one is inflected.
 */
import { escaped, wholeWords } from '../whole-words';
import english from './english-words.json';

/** The list that comes with the app, in English; its licence is in the file. */
export const ENGLISH_WORDS: readonly string[] = english.words;

const VOWEL_CONSONANT = /[aeiou]([bdgmnprt])$/u;

/** All simple inflections of a word, as a pattern. */
function inflected(entry: string): string {
  const word = entry.split(/\s+/u).map(escaped).join('\\s+');
  if (!/[a-z]$/u.test(entry)) return word;
  if (entry.endsWith('e')) return `${word.slice(0, -1)}(?:e|es|ed|er|ers|ing)`;
  if (/[^aeiou]y$/u.test(entry)) return `${word.slice(0, -1)}(?:y|ys|ies|ied|ier|ying)`;
  const doubled = VOWEL_CONSONANT.exec(entry)?.[1];
  const twice = doubled === undefined ? '' : `|${doubled}(?:ed|er|ers|ing)`;
  return `${word}(?:s|es|ed|er|ers|ing${twice})?`;
}

/** One entry a line; empty lines and repetitions do not count. */
export const wordsIn = (text: string): readonly string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[\n,;]+/u)
      .map((line) => line.trim().replace(/\s+/gu, ' '))
      .filter(Boolean),
  ),
];

/** Finds the words of a list in texts. */
export class WordList {
  readonly #pattern: RegExp | null;

  /** @param words lower case, as `wordsIn` gives them */
  constructor(words: readonly string[]) {
    this.#pattern = wholeWords(words.map(inflected));
  }
  /** The first word of the list in a text, as it stands there; null when there is none. */
  find(text: string): string | null {
    return this.#pattern?.exec(text)?.[0] ?? null;
  }
  /** Whether an instruction or any of its inputs and outputs has a word of the list. */
  isIn({
    instruction,
    instances,
  }: {
    readonly instruction: string;
    readonly instances: readonly { readonly input: string; readonly output: string }[];
  }): boolean {
    return (
      this.find(instruction) !== null ||
      instances.some(({ input, output }) => this.find(input) !== null || this.find(output) !== null)
    );
  }
}
