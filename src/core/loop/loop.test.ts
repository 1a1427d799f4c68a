import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInEvaluation } from '../evaluation/prompt';
import { begun, resolved, withStage } from '../plan/plan';
import { planProgress } from '../plan/plan-progress';
import { builtInConfig } from '../presets';
import { defaultConfig } from '../training/defaults';
import { type LoopChoices, loopPlan, loopRecords } from './loop';
import { loopSeconds, loopSize, totalSeconds } from './pace';

const CHOICES: LoopChoices = {
  modelId: 'built-in',
  isChat: false,
  seedsAlone: true,
  seedSetId: 'simple',
  target: 20,
  steps: 12,
  tasks: 5,
  run: builtInConfig(1, 20),
  training: defaultConfig('built-in', 'full'),
  setId: 'simple',
  evaluation: builtInEvaluation(1),
};
const NAMES = { loop: 'Loop', evaluation: 'Its evaluation', after: 'After', seedsAlone: 'Seeds alone' };
const PACE = { secondsPerKept: 2, secondsPerStep: 3, secondsPerAnswer: 0.5 };
const some = fc.record({
  isChat: fc.boolean(),
  seedsAlone: fc.boolean(),
  target: fc.integer({ min: 1, max: 500 }),
  steps: fc.integer({ min: 1, max: 500 }),
  tasks: fc.integer({ min: 1, max: 150 }),
});

describe('the plan of a loop', () => {
  it('finetunes for equal steps on the run that it generates, and asks the base first and the result last', () => {
    fc.assert(
      fc.property(some, (chosen) => {
        const { stages } = loopPlan({ ...CHOICES, ...chosen }, NAMES, null, 1);
        const trained = stages.flatMap(({ work }) => (work.kind === 'finetune' ? [work] : []));
        expect(trained.map(({ run, config }) => [run, config.steps])).toEqual(
          trained.map(() => [{ stage: 'generate' }, chosen.steps]),
        );
        const last = stages.at(-1)?.work;
        const asked = last?.kind === 'evaluate' ? last.models : [];
        expect(asked[0]).toEqual(chosen.isChat ? { id: 'built-in', plain: true } : { id: 'built-in' });
        expect(asked.at(-1)).toEqual({ stage: 'after' });
        const size = loopSize(chosen);
        expect([trained.length, asked.length]).toEqual([size.finetunings, size.models]);
      }),
    );
  });

  it('promises as much as its pieces take, and nothing without a probe', () => {
    fc.assert(
      fc.property(some, (chosen) => {
        const choices = { ...CHOICES, ...chosen };
        const plan = begun(loopPlan(choices, NAMES, PACE, 1), 'p0001');
        const total = totalSeconds(loopSeconds(PACE, loopSize(choices)));
        expect(planProgress(plan, null)?.secondsLeft).toBeCloseTo(total, 6);
        expect(planProgress(begun(loopPlan(choices, NAMES, null, 1), 'p'), null)?.secondsLeft).toBeNull();
      }),
    );
  });

  it('is read back by what its stages made', () => {
    let plan = begun(loopPlan(CHOICES, NAMES, PACE, 1), 'p0001');
    expect(loopRecords(plan)).toEqual({ run: null, after: null, seedsAlone: null, evaluation: null });
    for (const [i, { key }] of plan.stages.entries()) {
      plan = withStage(plan, key, (stage) => ({ ...stage, made: `made-${i}` }));
    }
    expect(loopRecords(plan)).toEqual({
      run: 'made-0',
      seedsAlone: 'made-1',
      after: 'made-2',
      evaluation: 'made-3',
    });
    expect(resolved(plan, { stage: 'after' })).toBe('made-2');
  });
});
