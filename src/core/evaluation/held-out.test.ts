import { expect, it } from 'vitest';
import { machineTask, poolSeeds } from '../../testing/tiny-pool';
import { encodingOf } from '../dataset/encode';
import { SWITCHES } from '../presets';
import { buildExamples } from '../dataset/examples';
import { runId } from '../ids';
import type { Instance, MachineTask, Task } from '../task';
import { heldOutTasks, machineQuestions } from './held-out';

const RUN = runId(1);
const complete = (seq: number, instances: readonly Instance[]): MachineTask => ({
  ...machineTask(RUN, seq, `Count the ${seq} apples.`),
  stage: 'complete',
  isClassification: false,
  instances,
  dropped: [],
});
const POOL: readonly Task[] = [
  ...poolSeeds(RUN),
  ...Array.from({ length: 20 }, (_, seq) =>
    complete(seq, [
      { input: `In ${seq}`, output: 'few' },
      { input: `In ${seq}`, output: 'some' },
      { input: '', output: 'many' },
    ]),
  ),
  machineTask(RUN, 20, 'Wait for instances.'),
];
async function* scan(): AsyncGenerator<readonly Task[]> {
  await Promise.resolve();
  yield POOL;
}

it('holds out the same instructions as a training with this seed and share, and none that it learned', async () => {
  for (const source of ['run', 'seeds', 'run-and-seeds'] as const) {
    const choice = { source, heldOutShare: 0.25, seed: 11 };
    const tasks = await heldOutTasks(scan, choice);
    const examples = await buildExamples(scan, {
      ...choice,
      limit: null,
      encoding: encodingOf(SWITCHES.ours),
      endOfText: '',
    });
    const instructions = new Set(tasks.map(({ instruction }) => instruction));
    expect(instructions.size).toBe(examples.heldOutInstructions);
    expect(instructions.size).toBeGreaterThan(0);
    for (const instruction of instructions) {
      expect(examples.training.some(({ prompt }) => prompt.includes(instruction))).toBe(false);
    }
  }
});

it('takes outputs of one instruction and input as references of one task', async () => {
  const tasks = await heldOutTasks(scan, { source: 'run', heldOutShare: 0.1, seed: 1 });
  expect(tasks.map(({ input, references }) => [input.slice(0, 2), ...references])).toEqual([
    ['In', 'few', 'some'],
    ['', 'many'],
    ['In', 'few', 'some'],
    ['', 'many'],
  ]);
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(4);
});

it('asks every machine task with an instance once, and no seed task', async () => {
  const tasks = await machineQuestions(scan);
  expect(tasks).toHaveLength(40);
  const wanted = POOL.filter(({ origin }) => origin === 'machine').slice(0, 20);
  expect(new Set(tasks.map(({ instruction }) => instruction))).toEqual(
    new Set(wanted.map(({ instruction }) => instruction)),
  );
});
