import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineTask, PoolSeed, Task } from '../task';
import { runId } from '../ids';
import { machineTask, poolSeeds } from '../../testing/tiny-pool';
import { SWITCHES } from '../presets';
import { encodingOf } from './encode';
import { questionKey } from './rows';
import { buildExamples, type ExampleChoice, MAX_VALIDATION, trainingSplit } from './examples';

const RUN = runId(1);
const END = '<|end|>';
const CHOICE: ExampleChoice = {
  source: 'run-and-seeds',
  heldOutShare: 0.2,
  limit: null,
  seed: 3,
  encoding: encodingOf(SWITCHES.ours),
  endOfText: END,
};
const complete = (seq: number, instruction = `Count the ${seq} apples.`, instances = 2): MachineTask => ({
  ...machineTask(RUN, seq, instruction),
  stage: 'complete',
  isClassification: false,
  instances: Array.from({ length: instances }, (_, i) => ({
    input: `In ${seq} ${i}`,
    output: `Out ${seq} ${i}`,
  })),
  dropped: [],
});
const unfinished = (seq: number): MachineTask => machineTask(RUN, seq, `Wait for ${seq}.`);
const scanOf = (tasks: readonly Task[], page = 7) =>
  async function* scan(): AsyncGenerator<readonly Task[]> {
    await Promise.resolve();
    for (let at = 0; at < tasks.length; at += page) yield tasks.slice(at, at + page);
  };
const seeds: readonly PoolSeed[] = poolSeeds(RUN);
const machines = Array.from({ length: 30 }, (_, seq) => complete(seq));
const pool: readonly Task[] = [...seeds, ...machines, unfinished(30)];
const build = (choice: Partial<ExampleChoice> = {}, tasks = pool) =>
  buildExamples(scanOf(tasks), { ...CHOICE, ...choice });

describe('examples', () => {
  it('take seeds, the machine’s instances or both, and nothing unfinished', async () => {
    const counts = async (source: ExampleChoice['source']) =>
      (await build({ source, heldOutShare: 0 })).training.length;
    expect(await counts('seeds')).toBe(seeds.length);
    expect(await counts('run')).toBe(60);
    expect(await counts('run-and-seeds')).toBe(60 + seeds.length);
    const all = await build();
    expect([...all.training, ...all.validation].some(({ prompt }) => prompt.includes('Wait'))).toBe(false);
    expect(all.rows).toBe(all.training.length + all.validation.length);
  });

  it('take the outputs of another model, leave out what it did not answer, and keep those of the seeds', async () => {
    const outputs = new Map(
      machines.slice(0, 3).map(({ instruction }, seq) => {
        return [questionKey({ instruction, input: `In ${seq} 0` }), `Better ${seq}`] as const;
      }),
    );
    const { training } = await build({ heldOutShare: 0, outputs });
    const completions = training.map(({ completion }) => completion);
    expect(completions.filter((one) => one.includes('Better')).toSorted()).toEqual(
      [0, 1, 2].map((seq) => expect.stringContaining(`Better ${seq}`) as string),
    );
    expect(completions.some((one) => one.includes('Out '))).toBe(false);
    expect(training).toHaveLength(3 + seeds.length);
  });

  it('use a share of the machine tasks, the smaller within the larger, and all seeds', async () => {
    const prompts = async (machineShare: number) =>
      new Set((await build({ heldOutShare: 0, machineShare })).training.map(({ prompt }) => prompt));
    const [none, quarter, half, all] = await Promise.all([0, 0.25, 0.5, 1].map(prompts));
    // Thirty tasks with two instances each.
    expect([none, quarter, half, all].map((found) => (found?.size ?? 0) - seeds.length)).toEqual([
      0, 16, 30, 60,
    ]);
    for (const [less, more] of [
      [none, quarter],
      [quarter, half],
      [half, all],
    ]) {
      expect([...(less ?? [])].every((prompt) => more?.has(prompt))).toBe(true);
    }
  });

  it('hold out whole instructions, the share that was asked', async () => {
    const built = await build();
    expect(built.heldOutInstructions).toBe(8);
    const split = await trainingSplit(scanOf(pool)(), CHOICE);
    for (const task of [...seeds, ...machines]) {
      const held = built.validation.filter(({ prompt }) => prompt.includes(task.instruction)).length;
      const learned = built.training.filter(({ prompt }) => prompt.includes(task.instruction)).length;
      expect(Math.min(held, learned)).toBe(0);
      expect(held > 0).toBe(split.sideOf(task.instruction) === 'validation');
    }
  });

  it('end with the end of text, and are shuffled by the seed alone', async () => {
    const [first, again, other] = await Promise.all([build(), build(), build({ seed: 4 })]);
    expect(again).toEqual(first);
    expect(other.print).not.toBe(first.print);
    expect(first.training.every(({ completion }) => /^ \S.*<\|end\|>$/u.test(completion))).toBe(true);
    const order = first.training.map(({ completion }) => completion);
    expect(order).not.toEqual([...order].sort());
  });

  it('do not depend on how the store pages its rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (page) => {
        expect((await buildExamples(scanOf(pool, page), CHOICE)).print).toBe((await build()).print);
      }),
      { numRuns: 10 },
    );
  });

  it('are counted once where two pairs are the same', async () => {
    const twin = complete(40, 'Name one thing.', 1);
    // Same text and same layout: ids differ, so the twin is given the first one's rows.
    const built = await build({ heldOutShare: 0, source: 'run' }, [twin, { ...twin }]);
    expect(built).toMatchObject({ rows: 2, duplicates: 1 });
    expect(built.training).toHaveLength(1);
  });

  it('are limited by a draw, held-out ones by a limit of their own', async () => {
    const few = await build({ limit: 5 });
    const all = await build();
    expect(few.training).toHaveLength(5);
    expect(few.validation).toEqual(all.validation);
    for (const one of few.training) expect(all.training).toContainEqual(one);
    const many = Array.from({ length: 600 }, (_, seq) => complete(seq, `Say ${seq} twice.`, 1));
    const { validation, heldOutInstructions } = await build({ heldOutShare: 0.5 }, many);
    expect(validation).toHaveLength(MAX_VALIDATION);
    expect(heldOutInstructions).toBe(300);
  });

  it('offer short held-out prompts with the wanted answers', async () => {
    const { samples, validation } = await build();
    expect(samples).toHaveLength(3);
    for (const { prompt, wanted } of samples) {
      expect(validation).toContainEqual({ prompt, completion: ` ${wanted}${END}` });
    }
    const long = complete(50, `Read this: ${'long '.repeat(200)}`, 1);
    expect((await build({ heldOutShare: 0 }, [long])).samples).toEqual([]);
    expect((await build({}, [])).training).toEqual([]);
  });

  it('have another fingerprint when a word, or the order, is another', async () => {
    const base = await build();
    const changed = pool.map((task) =>
      task.id === machines[4]?.id ? complete(4, 'Count the five apples.') : task,
    );
    expect((await build({}, changed)).print).not.toBe(base.print);
    expect((await build({}, pool.slice(1))).print).not.toBe(base.print);
  });
});
