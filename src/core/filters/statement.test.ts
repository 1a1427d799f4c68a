import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSeedFile } from '../dataset/seed-file';
import { statement } from './statement';

describe('a statement is told by its subject and verb', () => {
  it.each([
    ['You are a superhero.', 'You are'],
    ['I’m going to a party with ten people.', 'I’m'],
    ['There is a cat in the garden.', 'There is'],
    ['The best way to start a business is by selling something.', 'The best way to start a business is'],
    ['When it rains, the cat is asleep.', 'When it rains, the cat is'],
    ['A man is looking for a woman. She does not know him.', 'A man is'],
  ])('%j: %j', (text, words) => {
    expect(statement(text)).toBe(words);
    expect(text).toContain(words);
  });
});

describe('what a pupil could do is no statement', () => {
  it.each([
    'What is the largest bird?',
    'How does the knight move in chess',
    'You are going to a party. What do you wear?',
    'You are a superhero. Describe your day.',
    'You are given a list of numbers; find the largest.',
    'The capital of France is ___.',
    'The most expensive item on the planet is ...',
    'I want you to be a teacher.',
    'A poem about the sea.',
    'This sentence has a mistake, correct it.',
    'You write a letter to your aunt.',
    'Without telling the end, pitch the story as it might be told.',
    'In a country with ten people, how many are there.',
    'Est-ce que tu es un chat ?',
  ])('%j', (text) => expect(statement(text)).toBeNull());

  it.each(['seed_tasks', 'simple_seed_tasks', 'user_tasks', 'simple_user_tasks'])(
    'none of %s, which people wrote',
    (name) => {
      const { seeds } = readSeedFile(readFileSync(`seeds/${name}.jsonl`, 'utf8'));
      expect(seeds.length).toBeGreaterThan(50);
      expect(seeds.map(({ instruction }) => instruction).filter((text) => statement(text) !== null)).toEqual(
        [],
      );
    },
  );
});

it('reads any text, and names a part of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (tail) => {
      const text = `You are ${tail}`;
      const shown = statement(text);
      expect(shown === null || text.includes(shown)).toBe(true);
    }),
  );
});
it.each([
  'You are '.repeat(20_000),
  `You${' '.repeat(100_000)}are`,
  'you, '.repeat(30_000),
  "i'm".repeat(50_000),
])('reads 100 KB of hostile text (%#)', (text) => expect(() => statement(text)).not.toThrow());
