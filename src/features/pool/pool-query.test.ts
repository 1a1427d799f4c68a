import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REJECT_REASONS } from '../../core/task';
import { manyTasks } from '../../testing/many-tasks';
import {
  ALL,
  FACETS,
  isChosen,
  type PoolQuery,
  select,
  type Selection,
  STAGES,
  toggled,
  TYPES,
} from './pool-query';
import { rejectedRow, taskRow } from '../../shared/tasks/pool-rows';

const NEVER = (): boolean => false;
const small = manyTasks(1, { seeds: 20, machines: 200, rejected: 10 * REJECT_REASONS.length });
const tasks = [...small.seeds, ...small.machines].map((task) => taskRow(task));
const rejected = small.candidates.map((candidate) => rejectedRow(candidate)).filter((row) => row !== null);

async function ask(change: Partial<PoolQuery>): Promise<Selection> {
  const found = await select(tasks, 'tasks', { ...ALL, ...change }, NEVER);
  if (!found) throw new Error('stopped');
  return found;
}
const anyQuery: fc.Arbitrary<PoolQuery> = fc.record({
  text: fc.constantFrom('', ' RIVERS ', 'garden', 'm000004', 'nothing like this'),
  origin: fc.constantFrom(null, 'seed', 'machine'),
  stages: fc.subarray([...STAGES]),
  types: fc.subarray([...TYPES]),
  reasons: fc.constant([]),
  edited: fc.constant(false),
  sort: fc.constantFrom('id', 'rougeL'),
  descending: fc.boolean(),
});

describe('select', () => {
  it('finds what a plain filter finds', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, async (query) => {
        const found = await ask(query);
        const word = query.text.trim().toLowerCase();
        const plain = tasks.filter(
          (row) =>
            (row.text.toLowerCase().includes(word) || row.label.includes(word)) &&
            (query.origin === null || row.origin === query.origin) &&
            (query.stages.length === 0 || query.stages.some((stage) => stage === row.stage)) &&
            (query.types.length === 0 ||
              (row.isClassification !== null &&
                query.types.includes(row.isClassification ? 'classification' : 'open'))),
        );
        expect(new Set(found.rows)).toEqual(new Set(plain));
        expect(found.rows).toHaveLength(plain.length);
        expect(found.whole).toBe(
          tasks.filter(({ origin }) => query.origin === null || origin === query.origin).length,
        );
      }),
    );
  });

  it('sorts by id, newest first or last', async () => {
    const newest = await ask({ descending: true });
    const oldest = await ask({ descending: false });
    expect(oldest.rows).toEqual(tasks);
    expect(newest.rows).toEqual([...tasks].reverse());
  });

  it.each([true, false])(
    'sorts by the highest ROUGE-L, those without one last (descending: %s)',
    async (descending) => {
      const { rows } = await ask({ sort: 'rougeL', descending });
      const scores = rows.map(({ rougeL }) => rougeL).filter((score) => score !== null);
      expect(scores).toEqual([...scores].sort((a, b) => (descending ? b - a : a - b)));
      expect(rows.slice(scores.length).map(({ rougeL }) => rougeL)).toEqual(small.seeds.map(() => null));
      // Equal scores stay in the order of ids.
      for (const [i, row] of rows.entries()) {
        const next = rows[i + 1];
        if (next && row.rougeL !== null && row.rougeL === next.rougeL) expect(row.id < next.id).toBe(true);
      }
    },
  );

  it('counts each facet over the whole list', async () => {
    const { counts } = await ask({ text: 'nothing like this' });
    const named = Object.fromEntries(FACETS.tasks.map((facet, i) => [facet.value, counts[i]]));
    expect(named).toMatchObject({ instruction: 40, identified: 40, complete: 120, edited: 0 });
  });

  it('finds rejected candidates by reason', async () => {
    const query = { ...ALL, reasons: ['blocked-word', 'surplus'] as const };
    const found = await select(rejected, 'rejected', query, NEVER);
    expect(found?.rows).toHaveLength(20);
    expect(found?.counts).toEqual(REJECT_REASONS.map(() => 10));
  });

  it('stops between slices when a newer question is asked', async () => {
    const stopped = await select(tasks, 'tasks', ALL, () => true);
    expect(stopped).toBeNull();
  });
});

describe('toggled', () => {
  it('chooses and takes back, and leaves the rest', () => {
    fc.assert(
      fc.property(anyQuery, fc.constantFrom(...FACETS.tasks, ...FACETS.rejected), (query, facet) => {
        const once = toggled(query, facet);
        expect(isChosen(once, facet)).toBe(!isChosen(query, facet));
        const again = toggled(once, facet);
        for (const other of [...FACETS.tasks, ...FACETS.rejected]) {
          expect(isChosen(again, other)).toBe(isChosen(query, other));
        }
      }),
    );
  });
});
