/** Characters that mean something in a pattern, as themselves. */
export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/**
 * Finds any of some patterns as whole words, in any case and any alphabet.
 * @returns null when there is none
 */
export const wholeWords = (patterns: readonly string[]): RegExp | null =>
  patterns.length === 0
    ? null
    : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${patterns.join('|')})(?![\\p{L}\\p{N}_])`, 'iu');
