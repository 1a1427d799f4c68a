import { describe, expect, it } from 'vitest';
import type { MachineTask, RunId, Task } from '../task';
import { machineTask, poolSeed } from '../../testing/many-tasks';
import { dataStatistics } from './statistics';

const run = 'r0001' as RunId;
const complete = (
  seq: number,
  instruction: string,
  isClassification: boolean,
  rows: [string, string][],
): MachineTask => ({
  ...machineTask(run, seq, instruction),
  stage: 'complete',
  isClassification,
  instances: rows.map(([input, output]) => ({ input, output })),
  dropped: [],
});
// eslint-disable-next-line @typescript-eslint/require-await
async function* pages(...all: Task[][]): AsyncGenerator<Task[]> {
  yield* all;
}

describe('data statistics', () => {
  it('counts as the paper does: means over words, inputs only where there are some', async () => {
    const statistics = await dataStatistics(
      pages(
        [poolSeed(run, 0, 'A seed is not counted at all.')],
        [
          complete(0, 'Name two  round things.', false, [['', 'a ball and a plate']]),
          complete(1, 'Is it hot or cold?', true, [
            ['soup in winter', 'hot'],
            ['ice', 'cold'],
          ]),
          { ...machineTask(run, 2, 'Without a type so far.'), stage: 'instruction' },
        ],
      ),
    );
    expect(statistics).toEqual({
      instructions: 2,
      classification: 1,
      instances: 3,
      emptyInputs: 1,
      instructionWords: 4.5,
      inputWords: 2,
      outputWords: 7 / 3,
    });
  });
  it('has no means of nothing', async () => {
    expect(await dataStatistics(pages([]))).toMatchObject({
      instructions: 0,
      instructionWords: null,
      inputWords: null,
    });
  });
});
