import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { begun } from '../../core/plan/plan';
import { drawnTasks, NOTHING_MADE, secondsTaken } from './loop-result';

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

it('counts the seconds of the models that the plan asked, not of those that were added or removed later', () => {
  const work = {
    kind: 'evaluate',
    name: 'x',
    models: [{ id: 'a' }, { id: 'b' }],
    set: { id: 'simple', limit: null },
    config: builtInEvaluation(1),
  } as const;
  const stages = [{ key: 'evaluate', promised: null, work }];
  const plan = begun({ kind: 'loop', name: 'Loop', createdAt: 1, stages }, 'p0001');
  const model = (key: string, seconds: number) =>
    ({
      ...{ key, name: key, modelId: key, origin: 'built-in' as const, hash: '', finished: true, seconds },
    }) as const;
  const taken = (keys: readonly string[]): number =>
    secondsTaken(NOTHING_MADE, plan, { models: keys.map((key) => model(key, Number(key.slice(1)))) })
      .evaluate;
  expect(taken(['m01', 'm02', 'm03'])).toBe(3);
  expect(taken(['m02', 'm03'])).toBe(2);
});
