/** The longest common subsequence of two texts, as pieces to be marked and as the arithmetic of ROUGE-L. */
import { commonSubsequence, fMeasure } from '../core/similarity/rouge-l';
import { type TokenMode, tokenSpans, type TokenSpan } from '../core/similarity/tokenize';

export interface TextPiece {
  readonly text: string;
  readonly marked: boolean;
}
export interface CommonWords {
  readonly pieces: readonly [readonly TextPiece[], readonly TextPiece[]];
  readonly common: number;
  readonly lengths: readonly [number, number];
  readonly score: number;
}

/** @param same what two words are compared by, as their stems; themselves without it */
export function commonWords(
  a: string,
  b: string,
  mode: TokenMode,
  same: (token: string) => string = (token) => token,
): CommonWords {
  const spans = [tokenSpans(a, mode), tokenSpans(b, mode)] as const;
  const [left, right] = spans.map((side) => side.map(({ token }) => same(token)));
  const pairs = commonSubsequence(left ?? [], right ?? []);
  return {
    pieces: [
      piecesOf(
        a,
        pairs.map(([at]) => spans[0][at]),
      ),
      piecesOf(
        b,
        pairs.map(([, at]) => spans[1][at]),
      ),
    ],
    common: pairs.length,
    lengths: [spans[0].length, spans[1].length],
    score: fMeasure(pairs.length, spans[0].length, spans[1].length),
  };
}

/** The text cut into marked and plain pieces. */
function piecesOf(text: string, marked: readonly (TokenSpan | undefined)[]): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const span of marked) {
    if (!span || span.start < at) continue;
    pieces.push({ text: text.slice(at, span.start), marked: false });
    pieces.push({ text: text.slice(span.start, span.end), marked: true });
    at = span.end;
  }
  return [...pieces, { text: text.slice(at), marked: false }];
}

/** `2 × 5 / (8 + 7) = 0.667`. */
export const arithmetic = ({ common, lengths, score }: CommonWords): string =>
  `2 × ${common} / (${lengths[0]} + ${lengths[1]}) = ${lengths[0] + lengths[1] > 0 ? score.toFixed(3) : '0'}`;
