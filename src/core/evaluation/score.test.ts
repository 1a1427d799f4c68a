import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EvaluationTask } from './evaluation';
import { Scorer, normalised } from './score';

const task = (...references: string[]): EvaluationTask => ({
  id: 't',
  instruction: 'Say it.',
  input: '',
  references,
  isClassification: null,
});
const plain = new Scorer({ stem: false, tokens: 'ascii' });
const stems = new Scorer({ stem: true, tokens: 'ascii' });

it('takes the best of the references', () => {
  const score = plain.score(task('a red fox', 'the fox is red', 'nothing'), 'The fox is red.');
  expect(score).toEqual({ rougeL: 1, exact: true, best: 1 });
  // LCS 2 of 3 and 4 words: 2 × 2 / 7.
  expect(plain.score(task('one two three'), 'one x two y').rougeL).toBeCloseTo(4 / 7, 15);
});

it('compares stems only when asked to', () => {
  const one = task('the dogs were running');
  expect(plain.score(one, 'the dog was run').rougeL).toBeCloseTo(0.25, 15);
  expect(stems.score(one, 'the dog was run').rougeL).toBeCloseTo(0.75, 15);
  expect(stems.score(one, 'the dogs were runs').rougeL).toBe(1);
});

it('sees no end-of-text mark and no white space around an answer', () => {
  expect(plain.score(task('Yes'), ' yes<|endoftext|>\n')).toEqual({ rougeL: 1, exact: true, best: 0 });
  expect(plain.score(task('Yes'), '')).toEqual({ rougeL: 0, exact: false, best: 0 });
});

it("normalises as SuperNI's script does", () => {
  // Each computed by normalize_answer of its compute_metrics.py, as written there.
  expect(normalised('  The  cat,\n(a) "dog"! ')).toBe('the cat a dog');
  expect(normalised('An apple a day; theatre')).toBe('an apple a day theatre');
  expect(normalised('co-op $1,000')).toBe('coop 1000');
  expect(normalised('l\u00e0\u00a0\u1680\u001c\u0085 \u00e4')).toBe('l\u00e0 \u00e4');
  // No white space for Python.
  expect(normalised('a\ufeffb \ufeff')).toBe('a\ufeffb \ufeff');
  expect(normalised('...')).toBe('');
});

it('scores other scripts by their own words when asked to', () => {
  const unicode = new Scorer({ stem: true, tokens: 'unicode' });
  expect(unicode.score(task('über Größe'), 'größe').rougeL).toBeCloseTo(2 / 3, 15);
});

it('is between 0 and 1, 1 for a reference itself, and never falls when a reference is added', () => {
  const text = fc.array(fc.constantFrom('run', 'running', 'dog', 'dogs', 'the', 'A', '.', 'x1'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(text, text, text, fc.boolean(), (a, b, c, stem) => {
      const scorer = new Scorer({ stem, tokens: 'ascii' });
      const [one, two, answer] = [a.join(' '), b.join(' '), c.join(' ')];
      const alone = scorer.score(task(one), answer).rougeL;
      const both = scorer.score(task(one, two), answer);
      expect(alone).toBeGreaterThanOrEqual(0);
      expect(both.rougeL).toBeLessThanOrEqual(1);
      expect(both.rougeL).toBeGreaterThanOrEqual(alone);
      expect(scorer.score(task(one), one).exact).toBe(true);
      if (scorer.words(one).length > 0) expect(scorer.score(task(two, one), one).rougeL).toBe(1);
    }),
  );
});
