import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../task';
import { FastIndex } from './fast-index';
import golden from './rouge-l.golden.json';
import unicodeGolden from './rouge-l-unicode.golden.json';
import { commonSubsequence, lcsLength, rougeL } from './rouge-l';
import { tokenSpans, tokenize } from './tokenize';

const id = (n: number | string): TaskId => String(n) as TaskId;

describe('golden pairs of rouge_score', () => {
  it('has 500 of them', () => expect(golden).toHaveLength(500));
  it.each(golden.map((pair, i) => [i, pair] as const))('pair %i agrees to the last bit', (_, pair) => {
    const score = rougeL(tokenize(pair.target, 'ascii'), tokenize(pair.prediction, 'ascii'));
    expect(score).toEqual({ precision: pair.precision, recall: pair.recall, fmeasure: pair.fmeasure });
    const index = new FastIndex('ascii');
    index.add(id('member'), pair.prediction);
    const { max } = index.compare(pair.target, 10);
    expect(max).toBe(pair.fmeasure);
    expect(max > 0.7).toBe(pair.above);
  });
});

describe('golden pairs in other languages', () => {
  it('are what they were when the oracle made them', () => {
    expect(unicodeGolden).toHaveLength(300);
    for (const { target, prediction, words, ...want } of unicodeGolden) {
      const a = tokenize(target, 'unicode');
      const b = tokenize(prediction, 'unicode');
      expect([a.length, b.length], `${target} | ${prediction}`).toEqual(words);
      expect(rougeL(a, b), `${target} | ${prediction}`).toEqual(want);
    }
  });

  // Common words, words of the one, words of the other: counted by hand.
  it.each([
    ['\u5199\u4e00\u9996\u8bd7', '\u5199\u4e00\u9996\u6b4c', 3, 4, 4],
    [
      'Schreibe ein Gedicht \u00fcber Gr\u00f6\u00dfe',
      'SCHREIBE EIN LIED \u00dcBER GR\u00d6\u00dfE!',
      4,
      5,
      5,
    ],
    ['gr\u00f6\u00dfe', 'GR\u00d6SSE', 0, 1, 1],
    ['caf\u00e9 cr\u00e8me', 'cafe\u0301 cre\u0300me', 2, 2, 2],
    ['\u0130stanbul', 'istanbul', 0, 1, 1],
    ['\u039f\u0394\u039f\u03a3', '\u03bf\u03b4\u03bf\u03c2', 1, 1, 1],
    [
      '\uc9e7\uc740 \uc2dc\ub97c \uc368 \uc8fc\uc138\uc694',
      '\uae34 \uc2dc\ub97c \uc368 \uc8fc\uc138\uc694',
      3,
      4,
      4,
    ],
    ['\u0e17\u0e35\u0e48 \u0e19\u0e35\u0e49', '\u0e17\u0e35\u0e48\u0e19\u0e31\u0e49\u0e19', 1, 2, 3],
    // A zero-width non-joiner parts a Persian verb from its prefix.
    ['\u0645\u06cc\u200c\u0631\u0648\u0645', '\u0645\u06cc \u0631\u0648\u0645', 2, 2, 2],
    ['\u0661\u0662 12', '12', 1, 2, 1],
    ['\uff21\uff22\uff23', 'abc', 0, 1, 1],
    ['\ud83d\ude42\ud83d\ude42', '\ud83d\ude42\ud83d\ude42', 0, 0, 0],
    ['\u300c\u4ed5\u4e8b\u300d means work', 'work \u4ed5\u4e8b', 2, 4, 3],
    [
      '\u0915\u0935\u093f\u0924\u093e \u0932\u093f\u0916\u093f\u090f',
      '\u0932\u093f\u0916\u093f\u090f',
      1,
      2,
      1,
    ],
  ])('%s | %s', (target, prediction, common, ...lengths) => {
    const a = tokenize(target, 'unicode');
    const b = tokenize(prediction, 'unicode');
    expect([lcsLength(a, b), a.length, b.length]).toEqual([common, ...lengths]);
  });
});

describe('words', () => {
  it('follows rouge_score where lower case makes ASCII letters', () => {
    expect(tokenize('\u0130zmir \u212Aelvin', 'ascii')).toEqual(['i', 'zmir', 'kelvin']);
    expect(tokenize("Don't pay 3,000 for café C++", 'ascii')).toEqual([
      'don',
      't',
      'pay',
      '3',
      '000',
      'for',
      'caf',
      'c',
    ]);
  });
  it('knows other languages in unicode mode', () => {
    expect(tokenize('Größe über alles', 'unicode')).toEqual(['größe', 'über', 'alles']);
    expect(tokenize('写一首诗。', 'unicode')).toEqual(['写', '一', '首', '诗']);
    expect(tokenize('Напиши стих 12', 'unicode')).toEqual(['напиши', 'стих', '12']);
  });
  it('finds each word at its place', () => {
    const text = 'Give the plural, please: give IT.';
    for (const { token, start, end } of tokenSpans(text, 'ascii'))
      expect(text.slice(start, end).toLowerCase()).toBe(token);
    expect(tokenSpans(text, 'ascii')).toHaveLength(6);
  });
});

describe('common subsequence', () => {
  it('is in order, equal in both texts and as long as the length says', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const pairs = commonSubsequence(a, b);
        expect(pairs).toHaveLength(lcsLength(a, b));
        for (const [i, [x, y]] of pairs.entries()) {
          expect(a[x]).toBe(b[y]);
          const before = pairs[i - 1];
          if (before) expect(before[0] < x && before[1] < y).toBe(true);
        }
      }),
    );
  });
});
