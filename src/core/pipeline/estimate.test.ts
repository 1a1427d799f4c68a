import { describe, expect, it } from 'vitest';
import type { RunId } from '../task';
import { estimateStages, secondsLeft } from './estimate';
import { initialProgress } from './progress';

const figures = (calls: number, callSeconds: number) => ({
  calls,
  callSeconds,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
});
/** Half way: 10 of 20 kept by 5 calls; 40 busy seconds for 160 seconds of overlapping calls. */
const half = {
  ...initialProgress('r0001' as RunId),
  kept: 10,
  identified: 10,
  completed: 8,
  modelSeconds: 40,
  stages: {
    instructions: figures(5, 80),
    classification: figures(10, 20),
    instances: figures(8, 60),
  },
};

describe('estimates of a run', () => {
  it('shares the busy time out and scales it to what is left', () => {
    expect(estimateStages(half, 20)).toEqual({
      instructions: { calls: 5, seconds: 20, left: 20 },
      classification: { calls: 10, seconds: 5, left: 5 },
      instances: { calls: 8, seconds: 15, left: 22.5 },
    });
  });
  it('gives a range around the sum that narrows with what was kept', () => {
    const range = secondsLeft(half, 20);
    expect(range?.low).toBeCloseTo(47.5 / (1 + 1 / Math.sqrt(10)));
    expect(range?.high).toBeCloseTo(47.5 * (1 + 1 / Math.sqrt(10)));
  });
  it('says nothing before enough is known', () => {
    expect(secondsLeft(initialProgress('r0001' as RunId), 20)).toBeNull();
    expect(secondsLeft({ ...half, kept: 2, identified: 2, completed: 2 }, 20)).toBeNull();
  });
  it('has nothing left when the run is finished', () => {
    const done = { ...half, kept: 20, identified: 20, completed: 20, finished: true };
    expect(secondsLeft(done, 20)).toEqual({ low: 0, high: 0 });
  });
});
