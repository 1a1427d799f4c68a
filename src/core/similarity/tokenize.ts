/**
 * Words as ROUGE-L sees them. `ascii` is the default tokenizer of the rouge_score package: lower case, then runs of
 * a-z and 0-9. `unicode` is ours for other languages: composed characters, lower case, then runs of letters, marks and
 * numbers; in scripts without spaces each character with its marks is a word. It does not use Intl.Segmenter: its
 * dictionaries differ between browsers and versions, and the same seed must give the same data set everywhere. The price
 * is that scores in alphabets without spaces (Thai, Lao, Khmer, Burmese) are higher than scores by words.
 */
export type TokenMode = 'ascii' | 'unicode';

/** A word and its position. */
export interface TokenSpan {
  readonly token: string;
  /** Range in the original text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/u;
const WORD = new RegExp(`${SPACELESS.source}|(?:(?!${SPACELESS.source})[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** The words of a text, in order. */
export function tokenize(text: string, mode: TokenMode): string[] {
  if (mode === 'unicode') return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
  // Lower case first: U+0130 and the Kelvin sign turn into ASCII letters there, as in the original.
  const lower = text.toLowerCase();
  const tokens: string[] = [];
  let start = -1;
  for (let i = 0; i < lower.length; i++) {
    const code = lower.charCodeAt(i);
    const inWord = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    if (inWord && start < 0) start = i;
    if (!inWord && start >= 0) {
      tokens.push(lower.slice(start, i));
      start = -1;
    }
  }
  if (start >= 0) tokens.push(lower.slice(start));
  return tokens;
}

/** The words with their places in the original text, for marking them. */
export function tokenSpans(text: string, mode: TokenMode): TokenSpan[] {
  const spans: TokenSpan[] = [];
  let at = 0;
  for (const piece of text.split(/(\s+)/u)) {
    // Lower case can lengthen a text: the places are sought within one piece between spaces.
    let from = 0;
    const lower = piece.toLowerCase();
    for (const token of tokenize(piece, mode)) {
      const found = lower.length === piece.length ? lower.indexOf(token, from) : -1;
      const start = found < 0 ? at : at + found;
      const end = found < 0 ? at + piece.length : start + token.length;
      spans.push({ token, start, end });
      from = found < 0 ? from : found + token.length;
    }
    at += piece.length;
  }
  return spans;
}
