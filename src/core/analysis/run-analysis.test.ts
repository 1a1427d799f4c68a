import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runId } from '../ids';
import { OracleIndex } from '../similarity/oracle-index';
import { dataStatistics } from '../dataset/statistics';
import type { MachineTask, PoolSeed, Task, TaskId } from '../task';
import { plainTag } from '../../testing/local-analyst';
import { machineTask, manyTasks, poolSeed } from '../../testing/many-tasks';
import { analysedTask, type Figures, RunAnalysis } from './run-analysis';

const RUN = runId(1);
const fresh = (): RunAnalysis => new RunAnalysis(plainTag, new OracleIndex('ascii'));
function figuresOf(tasks: readonly Task[]): Figures {
  const analysis = fresh();
  analysis.put(tasks.map(analysedTask));
  expect(analysis.work(() => true)).toBe(false);
  return analysis.figures();
}

describe('figures of a run', () => {
  const many = manyTasks(1, { seeds: 12, machines: 60, rejected: 0 });

  it('compare each machine instruction with every seed, exactly', () => {
    const { toSeeds } = figuresOf([...many.seeds, ...many.machines]);
    const index = new OracleIndex('ascii');
    for (const { id, instruction } of many.seeds) index.add(id, instruction);
    const scores = many.machines.map(({ instruction }) => index.compare(instruction, 1).max);
    expect(toSeeds.count).toBe(60);
    expect(toSeeds.mean).toBeCloseTo(scores.reduce((a, b) => a + b) / 60, 12);
    for (const { from, to, count } of toSeeds.bins) {
      expect(count).toBe(scores.filter((score) => score >= from && (score < to || to === 1)).length);
    }
  });

  it('hold the data statistics of the paper', async () => {
    const { statistics, seeds, machines, lengths } = figuresOf([...many.seeds, ...many.machines]);
    async function* pages(): AsyncGenerator<readonly Task[]> {
      await Promise.resolve();
      yield many.seeds;
      yield many.machines;
    }
    expect(statistics).toEqual(await dataStatistics(pages()));
    expect([seeds, machines]).toEqual([12, 60]);
    expect(lengths.instruction.mean).toBe(statistics.instructionWords);
    expect(lengths.input.mean).toBe(statistics.inputWords);
    expect(lengths.output.mean).toBe(statistics.outputWords);
  });

  it('say how much still waits, and never work longer than they may', () => {
    const analysis = fresh();
    analysis.put([...many.seeds, ...many.machines].map(analysedTask));
    expect(analysis.figures().waiting).toEqual({ compare: 60, tag: 72 });
    let left = 70;
    expect(analysis.work(() => left-- > 0)).toBe(true);
    expect(analysis.figures().waiting).toEqual({ compare: 0, tag: 62 });
    expect(analysis.figures().pairs.tasks).toBe(0);
    expect(analysis.work(() => true)).toBe(false);
    expect(analysis.figures().waiting).toEqual({ compare: 0, tag: 0 });
  });
});

const TEXTS = ['Write a poem.', 'Write a story.', 'Name a river.', 'Sort the words here.', 'Sing.', ''];
const seed = (i: number, text: string): PoolSeed => poolSeed(RUN, i, text);
const machine = (i: number, text: string): MachineTask => machineTask(RUN, i, text);
type Step =
  { readonly kind: 'put' | 'remove'; readonly task: Task } | { readonly kind: 'work'; readonly some: number };
const task = fc
  .record({ seed: fc.boolean(), i: fc.nat(4), text: fc.constantFrom(...TEXTS) })
  .map(({ seed: isSeed, i, text }): Task => (isSeed ? seed(i, text) : machine(i, text)));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('put' as const, 'remove' as const), task }),
  fc.record({ kind: fc.constant('work' as const), some: fc.nat(3) }),
);

it('come to the same whatever was added, changed, removed and worked on before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const analysis = fresh();
      const present = new Map<TaskId, Task>();
      for (const one of steps) {
        if (one.kind === 'work') {
          let some = one.some;
          analysis.work(() => some-- > 0);
        } else if (one.kind === 'put') {
          analysis.put([analysedTask(one.task)]);
          present.set(one.task.id, one.task);
        } else {
          analysis.remove([one.task.id]);
          present.delete(one.task.id);
        }
      }
      analysis.work(() => true);
      expect(analysis.figures()).toEqual(figuresOf([...present.values()]));
    }),
  );
});

it('a part of the sunburst lists its tasks: machine instructions first, then seeds', () => {
  const analysis = fresh();
  const tasks = [
    seed(0, 'Write story'),
    machine(0, 'Write poem'),
    machine(1, 'Write story'),
    machine(2, 'Write ode'),
  ];
  analysis.put(tasks.map(analysedTask));
  analysis.work(() => true);
  const ids = (noun: string | null, except: readonly string[] = []): readonly string[] =>
    analysis.tasksOf({ verb: 'write', noun, except }, 10).tasks.map(({ instruction }) => instruction);
  expect(ids('story')).toEqual(['Write story', 'Write story']);
  expect(
    analysis.tasksOf({ verb: 'write', noun: 'story', except: [] }, 10).tasks.map(({ origin }) => origin),
  ).toEqual(['machine', 'seed']);
  expect(ids(null)).toEqual(['Write poem', 'Write story', 'Write ode', 'Write story']);
  expect(ids(null, ['story', 'poem'])).toEqual(['Write ode']);
  expect(analysis.tasksOf({ verb: 'write', noun: null, except: [] }, 1)).toMatchObject({
    total: 4,
    tasks: [{}],
  });
});
