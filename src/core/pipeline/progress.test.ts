import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateOf, complete, identified, instructionCall, machineTask } from '../../testing/tiny-pool';
import { runId } from '../ids';
import { PIPELINE_STAGES } from '../run';
import { type MachineTask, REJECT_REASONS } from '../task';
import {
  initialProgress,
  withAdvanced,
  withCall,
  withCandidate,
  withRemoved,
  withReplaced,
} from './progress';

const run = runId(1);
const verdict = fc.constantFrom('kept' as const, ...REJECT_REASONS);

describe('the counters of a run', () => {
  it('are the sums of what happened', () => {
    fc.assert(
      fc.property(fc.array(verdict), (verdicts) => {
        const progress = verdicts
          .map((v, i) => candidateOf(machineTask(run, i), v))
          .reduce(withCandidate, initialProgress(run));
        const rejected = Object.values(progress.rejected).reduce((sum, n) => sum + n, 0);
        expect(progress.kept + rejected).toBe(verdicts.length);
        expect(progress.kept).toBe(verdicts.filter((v) => v === 'kept').length);
        expect(progress.nextSeq).toBe(progress.kept);
        for (const reason of REJECT_REASONS)
          expect(progress.rejected[reason] ?? 0).toBe(verdicts.filter((v) => v === reason).length);
      }),
    );
  });
  it('sum calls by stage', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIPELINE_STAGES)), (stages) => {
        const progress = stages
          .map((stage, i) => ({ ...instructionCall(run, i), stage }))
          .reduce(withCall, initialProgress(run));
        for (const stage of PIPELINE_STAGES) {
          const calls = stages.filter((other) => other === stage).length;
          expect(progress.stages[stage]).toEqual({
            calls,
            promptTokens: 10 * calls,
            cachedTokens: 4 * calls,
            completionTokens: 6 * calls,
            callSeconds: 0.5 * calls,
          });
        }
      }),
    );
  });
  it('follow a task through its stages', () => {
    const task = machineTask(run, 0);
    let progress = withAdvanced(initialProgress(run), task);
    expect(progress).toEqual(initialProgress(run));
    progress = withAdvanced(progress, identified(task, true));
    expect(progress).toMatchObject({ identified: 1, classification: 1, completed: 0 });
    progress = withAdvanced(progress, complete(task, 3));
    expect(progress).toMatchObject({ identified: 1, completed: 1, instances: 3, droppedInstances: 1 });
  });
  it('come back when a task is removed and brought back, at any stage', () => {
    const task = machineTask(run, 0);
    const stages: MachineTask[] = [task, identified(task, true), identified(task), complete(task, 2)];
    for (const at of stages) {
      const counted = withReplaced(initialProgress(run), at);
      expect(counted.kept).toBe(1);
      expect(withRemoved(counted, at)).toEqual(initialProgress(run));
    }
  });
});
