import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { analysedTask, type Figures, RunAnalysis } from '../core/analysis/run-analysis';
import { OracleIndex } from '../core/similarity/oracle-index';
import { manyTasks } from '../testing/many-tasks';
import { AnalysisClient } from './analysis-client';
import { tag } from './tagger';

let client: AnalysisClient;
beforeEach(() => (client = new AnalysisClient()));
afterEach(() => client.terminate());

const many = manyTasks(1, { seeds: 20, machines: 120, rejected: 0 });
const tasks = [...many.seeds, ...many.machines].map(analysedTask);
async function settled(): Promise<Figures> {
  return vi.waitFor(
    async () => {
      const figures = await client.figures();
      expect(figures.waiting).toEqual({ compare: 0, tag: 0 });
      return figures;
    },
    { timeout: 20_000, interval: 100 },
  );
}

it('gives what the plain engine and the same rule give, in both modes of tokens', async () => {
  for (const tokens of ['ascii', 'unicode'] as const) {
    const plain = new RunAnalysis(tag, new OracleIndex(tokens));
    plain.put(tasks);
    plain.work(() => true);
    await client.begin(tokens);
    await client.put(tasks);
    expect(await settled()).toEqual(plain.figures());
    const query = { verb: 'describe', noun: null, except: [] };
    expect(await client.tasksOf(query, 5)).toEqual(plain.tasksOf(query, 5));
  }
}, 60_000);

it('answers while it works', async () => {
  await client.begin('ascii');
  await client.put(manyTasks(1, { seeds: 20, machines: 3_000, rejected: 0 }).machines.map(analysedTask));
  const { machines, waiting } = await client.figures();
  expect(machines).toBe(3_000);
  expect(waiting.tag).toBeGreaterThan(0);
});

it('that ended says so at once, and begins anew', async () => {
  await client.begin('ascii');
  await client.put(tasks);
  const asked = client.figures();
  client.terminate();
  await expect(asked).rejects.toMatchObject({ failure: { kind: 'worker-crashed', worker: 'analysis' } });
  await expect(client.figures()).rejects.toMatchObject({ failure: { kind: 'worker-crashed' } });
  await client.begin('ascii');
  expect((await client.figures()).machines).toBe(0);
});
