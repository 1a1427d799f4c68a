import { expect, it } from 'vitest';
import golden from './porter-stemmer.golden.json';
import { porterStem, stemmed } from './porter-stemmer';

it('gives the stems of NLTK 3.10.3 (its extensions on) for words of the seed tasks and made-up words', () => {
  const wrong = golden
    .map((line) => line.split(' '))
    .filter(([word = '', stem]) => porterStem(word) !== stem)
    .map(([word = '', stem]) => `${word}: ${porterStem(word)} instead of ${stem ?? ''}`);
  expect(golden.length).toBeGreaterThan(1_000);
  expect(wrong).toEqual([]);
});

it('leaves short words alone, as rouge_score does', () => {
  expect(['was', 'has', 'does', 'running'].map(stemmed)).toEqual(['was', 'has', 'doe', 'run']);
});

it('bears words of any length and script', () => {
  expect(porterStem('y'.repeat(50_000)).length).toBeGreaterThan(0);
  expect(porterStem('größen')).toBe('größen');
  expect(porterStem('')).toBe('');
});
