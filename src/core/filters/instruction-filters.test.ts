import { BLOCKED_WORDS, blockedPattern } from './blocked-words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWITCHES } from '../presets';
import { checkInstruction, filterOptions, type FilterOptions, tooSimilar } from './instruction-filters';

const english: FilterOptions = {
  anyLanguage: false,
  noStatements: false,
  blocked: blockedPattern(BLOCKED_WORDS),
};
const check = (text: string, options: Partial<FilterOptions> = {}) =>
  checkInstruction(text, { ...english, ...options });
const words = (count: number): string => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');

describe('an instruction is rejected', () => {
  it.each([
    ['', 'empty', ''],
    ['  \n\t ', 'empty', ''],
    ['Sing', 'too-short', '1'],
    ['Sing a song', 'too-short', '3'],
    [words(151), 'too-long', '151'],
    ['Look at this image and describe it.', 'blocked-word', 'image'],
    ['Look at these IMAGES and describe them.', 'blocked-word', 'IMAGES'],
    ['Describe what the graph shows us.', 'blocked-word', 'graph'],
    ['Describe what both graphs show us.', 'blocked-word', 'graphs'],
    ['Describe the picture in a sentence.', 'blocked-word', 'picture'],
    ['Describe the pictures, one by one.', 'blocked-word', 'pictures'],
    ['Rename the file "notes" for me.', 'blocked-word', 'file'],
    ['Sort all my files by date.', 'blocked-word', 'files'],
    ['Find the town on the map.', 'blocked-word', 'map'],
    ['Find the town on both maps.', 'blocked-word', 'maps'],
    ['Draw a house with a door.', 'blocked-word', 'Draw'],
    ['Please plot y against x now.', 'blocked-word', 'plot'],
    ['Go to the shop and buy milk.', 'blocked-word', 'Go to'],
    ['Tell me where you go to.', 'blocked-word', 'go to'],
    ['Write a program that adds numbers.', 'asks-for-program', 'Write a program'],
    ['Write a programme for the school play.', 'asks-for-program', 'Write a program'],
    ['- Name three kinds of bread.', 'starts-with-punctuation', '-'],
    ['"Hello" is what kind of word?', 'starts-with-punctuation', '"'],
    ['`code` is what kind of word?', 'starts-with-punctuation', '`'],
    ['~ Name three kinds of bread.', 'starts-with-punctuation', '~'],
    ['Écris une phrase très courte.', 'non-ascii-start', 'É'],
    ['😀 Tell me a good joke.', 'non-ascii-start', '😀'],
    ['写 a poem about the sea.', 'non-ascii-start', '写'],
  ])('%j: %s', (text, reason, detail) => expect(check(text)).toEqual({ reason, detail }));

  it('by the first rule that objects', () => {
    expect(check('Draw maps')).toEqual({ reason: 'too-short', detail: '2' });
    expect(check('Write a program that draws maps of towns.')?.reason).toBe('blocked-word');
    expect(check(`- ${words(150)}`)?.reason).toBe('too-long');
    expect(check('- Draw a house with doors.')?.reason).toBe('blocked-word');
  });
});

describe('an instruction is kept', () => {
  it.each([
    'Sing a short song.',
    words(4),
    words(150),
    'Write the programs of the evening.',
    'write a program that adds numbers.',
    'Please write a program that adds.',
    'Imagine a drawing, a mapping, a paragraph, profiles, plots and ergo total.',
    'Explain photographs, filesystems and withdrawals to me.',
    'Name the café near the gogo tower.',
    'I go there to buy milk.',
    '3 apples cost how much money?',
  ])('%j', (text) => expect(check(text)).toBeNull());

  it('in any language, when any language is wanted', () => {
    expect(check('Écris une phrase très courte.', { anyLanguage: true })).toBeNull();
    expect(check('- Écris une phrase.', { anyLanguage: true })?.reason).toBe('starts-with-punctuation');
  });
  it('with a blocked word that is only a part of a word in another alphabet', () =>
    expect(check('Explain what mapа means here.')).toBeNull());
});

describe('a statement', () => {
  const text = 'You are a superhero with three capes.';
  it('is rejected by the words that show it, where the filter is on', () => {
    const { similarityTokens } = SWITCHES.ours;
    expect(check(text, { noStatements: true })).toEqual({ reason: 'statement', detail: 'You are' });
    expect(check(text)).toBeNull();
    // A run that was stored before the filter existed does not name it.
    expect(checkInstruction(text, filterOptions({ switches: { similarityTokens } }))).toBeNull();
    expect(checkInstruction(text, filterOptions({ switches: SWITCHES.paper }))).toBeNull();
    expect(checkInstruction(text, filterOptions({ switches: SWITCHES.ours }))).not.toBeNull();
  });
  it('is rejected after the rules of the paper', () =>
    expect(check('You are in the picture.', { noStatements: true })?.reason).toBe('blocked-word'));
});

describe('similarity', () => {
  it('rejects above the threshold or from it, as the switch says', () => {
    expect(tooSimilar(0.7, 0.7, 'above')).toBe(false);
    expect(tooSimilar(0.7000000001, 0.7, 'above')).toBe(true);
    expect(tooSimilar(0.7, 0.7, 'from')).toBe(true);
    expect(tooSimilar(0.6999999999, 0.7, 'from')).toBe(false);
  });
});

describe('hostile text', () => {
  it.each([
    ' '.repeat(100_000),
    'a'.repeat(100_000),
    'go '.repeat(33_000),
    `go${' '.repeat(100_000)}to`,
    'image'.repeat(20_000),
    '\u0300'.repeat(100_000),
    '\ud800'.repeat(100_000),
    '\u0000'.repeat(100_000),
  ])('of 100 KB is judged (%#)', (text) => expect(check(text)).not.toBeNull());
  it('never makes a rule throw, and words in between count the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.boolean(), (text, anyLanguage) => {
        const objection = check(text, { anyLanguage, noStatements: anyLanguage });
        const count = text.split(/\s+/u).filter(Boolean).length;
        if (text.trim() !== '' && count < 4)
          expect(objection).toEqual({ reason: 'too-short', detail: String(count) });
        if (objection === null) expect(count).toBeGreaterThan(3);
      }),
    );
  });
});
