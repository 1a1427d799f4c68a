import { expect, it } from 'vitest';
import fc from 'fast-check';
import type { SeedTask } from '../task';
import { changeSeed, isSameSeed, reversed } from './seed-changes';

const seed = (id: string, instruction = id): SeedTask => ({
  id,
  name: id,
  instruction,
  isClassification: false,
  instances: [{ input: '', output: 'yes' }],
});
const [a, b, c] = [seed('a'), seed('b'), seed('c')] as const;
const made = (outcome: ReturnType<typeof changeSeed>) => {
  if (outcome.kind === 'conflict') throw new Error('conflict');
  return outcome;
};

it('adds, changes and removes one task; the others stay', () => {
  expect(made(changeSeed([a, b], { before: null, after: c })).seeds).toEqual([c, a, b]);
  expect(made(changeSeed([a, b], { before: null, after: c, place: 1 })).seeds).toEqual([a, c, b]);
  const edited = seed('b', 'edited');
  expect(made(changeSeed([a, b], { before: b, after: edited })).seeds).toEqual([a, edited]);
  expect(made(changeSeed([a, b], { before: a, after: null })).seeds).toEqual([b]);
});

it('gives an added task an id that is free', () => {
  const { seeds, made: change } = made(changeSeed([a, b], { before: null, after: seed('a', 'another') }));
  expect(new Set(seeds.map(({ id }) => id)).size).toBe(3);
  expect(change.after?.instruction).toBe('another');
});

it('leaves a task that someone else changed or removed, unless to the same', () => {
  const [mine, theirs] = [seed('b', 'mine'), seed('b', 'theirs')];
  expect(changeSeed([a, theirs], { before: b, after: mine })).toEqual({ kind: 'conflict' });
  expect(changeSeed([a], { before: b, after: mine })).toEqual({ kind: 'conflict' });
  expect(changeSeed([a, theirs], { before: b, after: null })).toEqual({ kind: 'conflict' });
  expect(made(changeSeed([a, mine], { before: b, after: mine })).seeds).toEqual([a, mine]);
  expect(made(changeSeed([a], { before: b, after: null })).seeds).toEqual([a]);
});

it('tells tasks apart by all that they hold', () => {
  expect(isSameSeed(a, { ...a })).toBe(true);
  expect(isSameSeed(a, { ...a, isClassification: true })).toBe(false);
  expect(isSameSeed(a, { ...a, extra: { level: 1 } })).toBe(false);
  expect(isSameSeed(a, { ...a, instances: [{ input: ' ', output: 'yes' }] })).toBe(false);
});

it('is taken back by its reverse, whatever was changed beside it', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(ids, fc.nat(), fc.constantFrom('add', 'edit', 'remove'), (names, at, kind) => {
      const seeds = names.map((id) => seed(id));
      const one = seeds[at % seeds.length] as SeedTask;
      const change = {
        add: { before: null, after: seed('new', 'new') },
        edit: { before: one, after: { ...one, instruction: 'edited' } },
        remove: { before: one, after: null },
      }[kind];
      const done = made(changeSeed(seeds, change));
      expect(made(changeSeed(done.seeds, reversed(done.made))).seeds).toEqual(seeds);
      const beside = made(changeSeed(done.seeds, { before: null, after: seed('other', 'other') })).seeds;
      const back = made(changeSeed(beside, reversed(done.made))).seeds;
      expect(
        back
          .filter(({ instruction }) => instruction !== 'other')
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(seeds.map(({ id }) => id).toSorted());
    }),
  );
});
