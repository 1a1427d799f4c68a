import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../task';
import { FastIndex } from './fast-index';
import { OracleIndex } from './oracle-index';
import golden from './rouge-l.golden.json';
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

const word = fc.constantFrom(
  'give',
  'the',
  'a',
  'list',
  'of',
  'three',
  'name',
  'write',
  'Ωmega',
  'naïve',
  '10',
  'K',
);
const sentence = fc.oneof(
  { weight: 6, arbitrary: fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')) },
  { weight: 2, arbitrary: fc.array(word, { minLength: 26, maxLength: 70 }).map((words) => words.join(' ')) },
  {
    weight: 1,
    arbitrary: fc.array(word, { minLength: 200, maxLength: 320 }).map((words) => words.join('-')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

describe.each(['ascii', 'unicode'] as const)('fast index against the oracle, %s words', (mode) => {
  it('gives the same highest score, neighbours and mean on growing pools', () => {
    fc.assert(
      fc.property(
        fc.array(sentence, { maxLength: 25 }),
        fc.array(sentence, { minLength: 1, maxLength: 4 }),
        (pool, queries) => {
          const fast = new FastIndex(mode);
          const oracle = new OracleIndex(mode);
          for (const [i, member] of pool.entries()) {
            fast.add(id(i), member);
            oracle.add(id(i), member);
            if (i % 7 === 0) compareOnce(fast, oracle, member);
          }
          for (const query of queries) compareOnce(fast, oracle, query);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

function compareOnce(fast: FastIndex, oracle: OracleIndex, query: string): void {
  const got = fast.compare(query, 10);
  const want = oracle.compare(query, 10);
  expect(got.max).toBe(want.max);
  expect(got.nearest).toEqual(want.nearest);
  expect(Math.abs(got.mean - want.mean)).toBeLessThan(1e-12);
}

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
