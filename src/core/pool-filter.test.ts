import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manyTasks } from '../testing/many-tasks';
import { EVERY_TASK, namedFiltersIn, type PoolFilter, taskMatcher } from './pool-filter';

const { seeds, machines } = manyTasks(1, { seeds: 9, machines: 60, rejected: 0 });
const tasks = [...seeds, ...machines];
const anyFilter: fc.Arbitrary<PoolFilter> = fc.record({
  text: fc.constantFrom('', 'NAME', ' garden ', 'm000003'),
  origin: fc.constantFrom(null, 'seed', 'machine'),
  stages: fc.subarray(['instruction', 'identified', 'complete'] as const),
  types: fc.subarray(['classification', 'open'] as const),
  edited: fc.boolean(),
});
const count = (filter: PoolFilter): number => tasks.filter(taskMatcher({ name: '', filter })).length;

describe('a filter of tasks', () => {
  it('lets every task through that it says nothing of', () => expect(count(EVERY_TASK)).toBe(tasks.length));
  it('lets fewer through, the more it says, and each task by itself', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const all = count(filter);
        for (const key of Object.keys(EVERY_TASK) as (keyof PoolFilter)[]) {
          expect(count({ ...filter, [key]: EVERY_TASK[key] })).toBeGreaterThanOrEqual(all);
        }
        const parts = filter.types.map((type) => count({ ...filter, types: [type] }));
        if (parts.length > 0) expect(parts.reduce((a, b) => a + b, 0)).toBe(all);
      }),
    );
  });
  it('finds by text in any case, by id, origin and stage', () => {
    expect(count({ ...EVERY_TASK, origin: 'seed' })).toBe(9);
    expect(count({ ...EVERY_TASK, text: machines[7]?.instruction.toUpperCase() ?? '' })).toBe(1);
    expect(count({ ...EVERY_TASK, text: 'm000003' })).toBe(4);
    expect(count({ ...EVERY_TASK, stages: ['instruction'] })).toBe(12);
  });
  it('is read from storage as it was, and nothing else is', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const named = [{ name: 'Mine', filter }];
        expect(namedFiltersIn(JSON.parse(JSON.stringify([...named, { name: '' }, 7, null])))).toEqual(named);
      }),
    );
    expect(namedFiltersIn('x')).toEqual([]);
  });
});
