import { describe, expect, it } from 'vitest';
import { machineTask } from '../../testing/tiny-pool';
import { runId } from '../ids';
import { initialProgress } from '../pipeline/progress';
import type { MachineTask } from '../task';
import { DroppedInstances, hasFewInstances, mostRejected } from './most-dropped';

const RUN = runId(1);
const progress = initialProgress(RUN);

describe('the rule that rejects most', () => {
  const rejected = { 'too-similar': 30, 'too-short': 31, surplus: 500 } as const;
  it('is named when few are accepted, and what came after the target is not counted', () =>
    expect(mostRejected({ ...progress, kept: 20, rejected })).toEqual({
      reason: 'too-short',
      dropped: 31,
      judged: 81,
      kept: 20,
    }));
  it('is not named when a quarter is accepted, or it is too early', () => {
    expect(mostRejected({ ...progress, kept: 21, rejected })).toBeNull();
    expect(mostRejected({ ...progress, kept: 0, rejected: { 'too-short': 19 } })).toBeNull();
  });
});

it('few instances are fewer than half of the tasks have', () => {
  expect(hasFewInstances({ ...progress, completed: 10, instances: 4 })).toBe(true);
  expect(hasFewInstances({ ...progress, completed: 10, instances: 5 })).toBe(false);
  expect(hasFewInstances({ ...progress, completed: 9, instances: 0 })).toBe(false);
});

it('the reason that drops most instances, with the first ones', () => {
  const of = (seq: number, ...reasons: readonly ('duplicate' | 'empty-output')[]): MachineTask => ({
    ...machineTask(RUN, seq, 'Say it.'),
    stage: 'complete',
    isClassification: false,
    instances: [{ input: '', output: 'a' }],
    dropped: reasons.map((reason, i) => ({ input: `${seq} ${i}`, output: '', reason })),
  });
  const found = new DroppedInstances(2);
  for (const task of [of(0, 'duplicate', 'empty-output'), of(1, 'empty-output', 'empty-output'), of(2)])
    found.add(task);
  found.add(machineTask(RUN, 3, 'Has none yet.'));
  expect(found.most).toEqual({
    reason: 'empty-output',
    dropped: 3,
    judged: 7,
    kept: 3,
    first: [
      { input: '0 1', output: '', reason: 'empty-output' },
      { input: '1 0', output: '', reason: 'empty-output' },
    ],
  });
  expect(new DroppedInstances(2).most).toBeNull();
});
