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
    ['You can only have one wish.', 'You can'],
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
    'The best day you have ever had.',
    'A new story about a person who has lost their leg.',
    'You have to write a letter to the mayor.',
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

describe('758 candidates of the standard model, marked by hand', () => {
  interface Marked {
    readonly instruction: string;
    /** A task: a pupil could tell what is asked and do it. Nonsense: it asks or orders, but nobody could do it. */
    readonly mark: 'task' | 'statement' | 'nonsense';
    /** Looked at while the rule was improved, marked before it was finished, or after. */
    readonly part: 'inspected' | 'counted' | 'later';
  }
  const marked = JSON.parse(readFileSync('src/core/filters/statement.labelled.json', 'utf8')) as Marked[];
  // As docs/statements.md has them.
  it.each([
    ['inspected', { tasks: 60, statements: 39, nonsense: 45 }, { tasks: 0, statements: 33, nonsense: 0 }],
    ['counted', { tasks: 50, statements: 42, nonsense: 53 }, { tasks: 0, statements: 34, nonsense: 0 }],
    ['later', { tasks: 180, statements: 117, nonsense: 172 }, { tasks: 0, statements: 99, nonsense: 1 }],
  ] as const)('%s: %j, of which it rejects %j', (part, all, rejected) => {
    const count = (rows: readonly Marked[]) => ({
      tasks: rows.filter(({ mark }) => mark === 'task').length,
      statements: rows.filter(({ mark }) => mark === 'statement').length,
      nonsense: rows.filter(({ mark }) => mark === 'nonsense').length,
    });
    const rows = marked.filter((row) => row.part === part);
    expect(count(rows)).toEqual(all);
    expect(count(rows.filter(({ instruction }) => statement(instruction) !== null))).toEqual(rejected);
  });
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
