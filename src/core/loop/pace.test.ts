import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runId } from '../ids';
import { tokensPerKept } from '../models/speed';
import { initialProgress } from '../pipeline/progress';
import type { RunProgress } from '../run';
import { loopSeconds, type LoopSize, secondsByTest, secondsPerKept, totalSeconds } from './pace';

const run = (kept: number, seconds: number): RunProgress => ({ ...initialProgress(runId(1)), kept, seconds });
const PACE = { secondsPerKept: 2, secondsPerStep: 3, secondsPerAnswer: 0.5 };
const SIZE: LoopSize = { target: 100, steps: 72, finetunings: 1, tasks: 100, models: 2 };

describe('the time of a loop', () => {
  it('is that of its pieces', () => {
    expect(loopSeconds(PACE, SIZE)).toEqual({ generate: 200, finetune: 216, evaluate: 100 });
    expect(totalSeconds(loopSeconds(PACE, SIZE))).toBe(516);
    const compared = loopSeconds(PACE, { ...SIZE, finetunings: 2, models: 3 });
    expect(compared).toEqual({ generate: 200, finetune: 432, evaluate: 150 });
  });

  it('grows with each part alone, in proportion', () => {
    const parts = ['target', 'steps', 'tasks'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.integer({ min: 1, max: 1_000 }), (part, times) => {
        const more = totalSeconds(loopSeconds(PACE, { ...SIZE, [part]: times * SIZE[part] }));
        const nothing = totalSeconds(loopSeconds(PACE, { ...SIZE, [part]: 0 }));
        const one = totalSeconds(loopSeconds(PACE, SIZE)) - nothing;
        expect(more - nothing).toBeCloseTo(times * one, 6);
      }),
    );
  });

  it('takes the pace of the newest run that says enough, else a test of writing', () => {
    expect(secondsPerKept([run(5, 1_000), run(40, 120), run(40, 1)])).toBe(3);
    expect(secondsPerKept([run(5, 1_000), run(40, 0)])).toBeNull();
    const speed = { tokensPerSecond: 10, firstTokenSeconds: 1, tokens: 100, seconds: 10 };
    expect(secondsByTest(speed, [])).toBeCloseTo(tokensPerKept([]) / 10);
  });
});
