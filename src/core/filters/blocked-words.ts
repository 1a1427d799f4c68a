/**
 * Words that no instruction may have, as whole words in any case (docs/ALGORITHM.md, section 3, rule 4): those of the public
 * code, or a list of one's own, which is stored with the run.
 */
import { escaped, wholeWords } from '../whole-words';

/** The 13 of the public code: what a model of text can neither read nor make. */
export const BLOCKED_WORDS: readonly string[] = [
  ...['image', 'images', 'graph', 'graphs', 'picture', 'pictures', 'file', 'files', 'map', 'maps'],
  ...['draw', 'plot', 'go to'],
];

/** What a list of one's own has at most: words, and characters of a word. A backup with more is refused. */
export const BLOCKED_LIMITS = { words: 5_000, characters: 200 } as const;

/** How many words of a list were left out. */
export interface LeftOut {
  /** They have too many characters. */
  readonly long: number;
  /** They came after the last that the list can hold. */
  readonly surplus: number;
}
/** The words of a list that are within the limits, from its beginning, and how many are not. */
export function withinLimits(all: readonly string[]): {
  readonly words: readonly string[];
  readonly leftOut: LeftOut;
} {
  const short = all.filter((word) => word.length <= BLOCKED_LIMITS.characters);
  const words = short.slice(0, BLOCKED_LIMITS.words);
  return { words, leftOut: { long: all.length - short.length, surplus: short.length - words.length } };
}

/** Finds any word of a list in a text; a list may be long, so this is made once for many texts. */
export const blockedPattern = (words: readonly string[]): RegExp | null =>
  wholeWords(words.map((word) => escaped(word).replace(/\s+/gu, '\\s+')));
