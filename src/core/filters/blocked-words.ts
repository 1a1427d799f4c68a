/**
 * Words that no instruction may have, as whole words in any case (docs/ALGORITHM.md, section 3, rule 4): those of the public
 * code, or a list of one's own, which is stored with the run.
 */

/** The 13 of the public code: what a model of text can neither read nor make. */
export const BLOCKED_WORDS: readonly string[] = [
  ...['image', 'images', 'graph', 'graphs', 'picture', 'pictures', 'file', 'files', 'map', 'maps'],
  ...['draw', 'plot', 'go to'],
];

const escaped = (word: string): string =>
  word.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&').replace(/\s+/gu, '\\s+');

/** The first word of the list in a text, as it stands there; null when there is none. */
export function blockedWordIn(text: string, words: readonly string[]): string | null {
  if (words.length === 0) return null;
  const any = words.map(escaped).join('|');
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${any})(?![\\p{L}\\p{N}_])`, 'iu').exec(text)?.[0] ?? null;
}
