import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENGLISH_WORDS, WordList, wordsIn } from './word-list';

const english = new WordList(ENGLISH_WORDS);

describe('the English list', () => {
  it.each([
    ['I am going to kill my dog.', 'kill'],
    ['Who KILLED the king?', 'KILLED'],
    ['They were stabbing each other.', 'stabbing'],
    ['Name two murderers.', 'murderers'],
    ['Which is stronger, wine or beer?', 'wine'],
    ['What is self-harm?', 'self-harm'],
    ['He was abused.', 'abused'],
    ['Describe a dead   body.', 'dead   body'],
  ])('finds %j: %j', (text, word) => expect(english.find(text)).toBe(word));

  it.each([
    'A skilled killjoy grasps the classic cockpit of Scunthorpe in Essex.',
    'Explain the assumptions of your assessment.',
    'She won the title with a rumble of drums.',
    'Write an analysis of the grape harvest.',
    '',
  ])('finds nothing in %j', (text) => expect(english.find(text)).toBeNull());

  it('is in lower case, sorted enough to be read, and without repetition', () => {
    expect(wordsIn(ENGLISH_WORDS.join('\n'))).toEqual(ENGLISH_WORDS);
  });
});

it('looks at the instruction and at all instances', () => {
  const instances = [
    { input: 'a', output: 'b' },
    { input: 'c', output: 'a gun' },
  ];
  expect(english.isIn({ instruction: 'Say something.', instances })).toBe(true);
  expect(english.isIn({ instruction: 'Say something.', instances: instances.slice(0, 1) })).toBe(false);
  expect(english.isIn({ instruction: 'Say gun.', instances: [] })).toBe(true);
});

it('takes any words as they are written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (typed) => {
      const words = wordsIn(typed);
      const list = new WordList(words);
      for (const word of words) expect(list.find(` ${word} `)).not.toBeNull();
    }),
  );
});
it('finds nothing when it is empty', () => expect(new WordList([]).find('anything')).toBeNull());
