import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import labelled from '../core/analysis/verb-noun.labelled.json';
import { MEASURED, verbNoun } from '../core/analysis/verb-noun';
import { tag } from './tagger';

const pair = (text: string): string => {
  const found = verbNoun(text, tag);
  return found ? `${found.verb} ${found.noun ?? '–'}` : 'none';
};

describe('the verb-noun rule', () => {
  const right = labelled.map(({ instruction, verb, noun }) => {
    const found = verbNoun(instruction, tag);
    const sameVerb = (found?.verb ?? null) === verb;
    return { verb: sameVerb, pair: sameVerb && (found?.noun ?? null) === noun };
  });
  const count = (rows: typeof right, what: 'verb' | 'pair'): number => rows.filter((row) => row[what]).length;
  /** The rule was mended while looking at the first half; the second was only counted. */
  const looked = right.filter((_, i) => i % 2 === 0);
  const unseen = right.filter((_, i) => i % 2 === 1);

  it('agrees with a person as often as the app says', () => {
    expect({ instructions: right.length, verb: count(right, 'verb'), pair: count(right, 'pair') }).toEqual(
      MEASURED,
    );
  });

  it('agrees with a person as often as docs/verb-noun.md says', () => {
    const doc = readFileSync(new URL('../../docs/verb-noun.md', import.meta.url), 'utf8').replace(
      / +/gu,
      ' ',
    );
    const row = (name: string, rows: typeof right): string =>
      `| ${name} | ${rows.length} | ${count(rows, 'verb')} | ${count(rows, 'pair')} |`;
    expect(doc).toContain(row('all', right));
    expect(doc).toContain(row('inspected while improving', looked));
    expect(doc).toContain(row('only counted', unseen));
  });

  it.each([
    ['Write a short poem about the sea.', 'write poem'],
    ['Give me three reasons to get up early.', 'give reason'],
    ['Please list the planets.', 'list planet'],
    ['Is this sentence true?', 'none'],
    ['Given a list of words, sort them by length.', 'sort –'],
    ['What does the word mean?', 'mean –'],
    ['Who wrote the letter?', 'write letter'],
    ['You will get a text. Name its author.', 'get text'],
    ['The report was written by a clerk.', 'write –'],
    ['Tell me what you see.', 'tell –'],
    ['Make me laugh.', 'make –'],
    ['Give the dog a bone.', 'give bone'],
    ["I'm writing a novel.", 'write novel'],
    ['My son has finally passed the test.', 'pass test'],
    ['Set out the main differences between tea and coffee.', 'set difference'],
    ['Can you please describe your room?', 'describe room'],
    ['Please, given the list, sort the words.', 'sort word'],
    ['The letter was sent last week.', 'send –'],
    ['Be a good friend.', 'none'],
    ['<b>Write</b> a poem.', 'none'],
    ['Write <i>poems</i> about rain.', 'write –'],
    ['', 'none'],
    ['?', 'none'],
    ['   \n ', 'none'],
    ['请写一首诗', 'none'],
  ])('reads %j', (text, expected) => {
    expect(pair(text)).toBe(expected);
  });

  it('takes any text: of any length, with markup, without words', () => {
    for (const text of [
      '<script>alert(1)</script>',
      'a'.repeat(100_000),
      'write '.repeat(20_000),
      '\u0000\ud800 = {"',
      '🙂🙂',
    ]) {
      const found = verbNoun(text, tag);
      expect(found === null || typeof found.verb === 'string').toBe(true);
    }
  });
});
