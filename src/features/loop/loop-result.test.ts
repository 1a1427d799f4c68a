import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawnTasks } from './loop-result';

const tasks = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `t${i}`,
    instruction: `Say ${i}.`,
    input: '',
    references: ['yes'],
    isClassification: null,
  }));

it('draws the same five tasks whatever was answered, in the order of the set', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 99 }), (count, seed) => {
      const drawn = drawnTasks(tasks(count), seed);
      expect(drawn).toHaveLength(Math.min(5, count));
      expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(drawn);
      expect(drawnTasks(tasks(count), seed)).toEqual(drawn);
    }),
  );
});
