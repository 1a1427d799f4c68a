import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSeedFile } from '../dataset/seed-file';
import { repeatsInstruction } from './repetition';

const repeats = (instruction: string, output: string, input = ''): boolean =>
  repeatsInstruction(instruction, { input, output });

describe('an output repeats its instruction', () => {
  it.each([
    ['You are a princess. You have two legs.', 'You are a princess.'],
    ['I am the king of this kingdom. I will give you your crown.', 'Yes: I am THE king, of this kingdom!'],
    ['Nenne drei große Vögel im Wald.', 'Drei große Vögel im Wald'],
  ])('%j: %j', (instruction, output) => expect(repeats(instruction, output)).toBe(true));
});

describe('an output is no repetition', () => {
  it.each([
    ['You can eat this fruit. Answer yes or no.', 'yes or no'],
    ['Name a bird.', 'A robin is a small bird with a red breast.'],
    ['What is the capital of France?', 'The capital of France is Paris.'],
    ['Is it hot or cold outside?', 'It is cold outside.'],
    ['Tom has three apples and Ana has five. Who has more?', 'Ana has more apples.'],
    ['', 'Four words stand here.'],
  ])('%j: %j', (instruction, output) => expect(repeats(instruction, output)).toBe(false));
  it('where it answers an input', () =>
    expect(repeats('Do we pick it or dig it out of the earth?', 'dig it out of the earth', 'carrot')).toBe(
      false,
    ));
  it.each(['seed_tasks', 'simple_seed_tasks', 'user_tasks', 'simple_user_tasks'])(
    'in %s, which people wrote',
    (name) => {
      const { seeds } = readSeedFile(readFileSync(`seeds/${name}.jsonl`, 'utf8'));
      const found = seeds.flatMap(({ instruction, instances }) =>
        instances.filter((instance) => repeatsInstruction(instruction, instance)),
      );
      expect(seeds.length).toBeGreaterThan(50);
      expect(found).toEqual([]);
    },
  );
});

it('reads any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (instruction, output) => {
      expect(repeats(instruction, output)).toBeTypeOf('boolean');
    }),
  );
  expect(repeats('word '.repeat(50_000), 'word '.repeat(50_000))).toBe(false);
});
