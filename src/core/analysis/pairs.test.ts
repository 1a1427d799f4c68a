import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_NOUNS, MOST_VERBS, pairFigures } from './pairs';

const word = (letters: string): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters.split(' ')), maxLength: 2 });
const pair = fc.option(fc.record({ verb: word('a b c d e f'), noun: fc.option(word('u v w x y z')) }));

describe('pairs of verb and object', () => {
  it('add up: parts and others to the verb, and verbs to all tasks with a pair', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 300 }), fc.array(pair), (machine, seeds) => {
        const { tasks, withPair, distinct, distinctNew, verbs, top } = pairFigures(machine, seeds);
        const whole = machine.filter((p) => p?.noun !== null && p !== null);
        expect(tasks).toBe(machine.length);
        expect(withPair).toBe(whole.length);
        const names = (list: typeof machine): Set<string> =>
          new Set(list.flatMap((p) => (p && p.noun !== null ? [`${p.verb} ${p.noun}`] : [])));
        const known = names(seeds);
        expect(distinct).toBe(names(machine).size);
        expect(distinctNew).toBe([...names(machine)].filter((name) => !known.has(name)).length);
        expect(verbs.length).toBeLessThanOrEqual(MOST_VERBS);
        for (const { verb, count, nouns, others } of verbs) {
          expect(nouns.length).toBeLessThanOrEqual(MOST_NOUNS);
          expect(nouns.reduce((sum, noun) => sum + noun.count, others)).toBe(count);
          expect(count).toBe(whole.filter((p) => p?.verb === verb).length);
          for (const { noun, inSeeds } of nouns) expect(inSeeds).toBe(known.has(`${verb} ${noun}`));
        }
        if (new Set(whole.map((p) => p?.verb)).size <= MOST_VERBS) {
          expect(verbs.reduce((sum, verb) => sum + verb.count, 0)).toBe(withPair);
        }
        const counts = top.map(({ count }) => count);
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
      }),
    );
  });

  it('do not depend on the order of the tasks', () => {
    fc.assert(
      fc.property(fc.array(pair), (machine) => {
        expect(pairFigures([...machine].reverse(), [])).toEqual(pairFigures(machine, []));
      }),
    );
  });
});
