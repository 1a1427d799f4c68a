import { describe, expect, it } from 'vitest';
import { begun, nextStage, type NewPlan, resolved, withStage } from './plan';
import { planProgress } from './plan-progress';

const work = {
  kind: 'evaluate',
  name: 'x',
  models: [],
  set: { id: 'simple', limit: null },
  config: { layout: 'drawn', seed: 1, maxTokens: 60 },
} as const;
const PLAN: NewPlan = {
  kind: 'loop',
  name: 'Loop',
  createdAt: 1,
  stages: [
    { key: 'a', promised: 60, work },
    { key: 'b', promised: 120, work },
    { key: 'c', promised: 20, work },
  ],
};
const plan = begun(PLAN, 'p0001');
const finish = (key: string, of = plan) =>
  withStage(of, key, (stage) => ({ ...stage, made: `made by ${key}`, finished: true }));

describe('a plan', () => {
  it('goes from stage to stage, and each finds what earlier ones made', () => {
    expect(nextStage(plan)?.key).toBe('a');
    const later = finish('a');
    expect(nextStage(later)?.key).toBe('b');
    expect(resolved(later, { stage: 'a' })).toBe('made by a');
    expect(resolved(later, { id: 'r0007' })).toBe('r0007');
    expect(() => resolved(later, { stage: 'b' })).toThrow('too late');
    expect(() => resolved(later, { stage: 'd' })).toThrow('no stage');
    expect(nextStage(finish('c', finish('b', later)))).toBeUndefined();
  });
});

describe('its progress', () => {
  it('counts stages by what they were promised to take', () => {
    expect(planProgress(plan, null)).toMatchObject({ number: 1, share: 0, secondsLeft: 200 });
    expect(planProgress(finish('a'), null)).toMatchObject({ number: 2, share: 0.3, secondsLeft: 140 });
    const half = { done: 5, total: 10, rate: 0.5, secondsLeft: 10 };
    expect(planProgress(finish('a'), half)).toMatchObject({ share: 0.6, secondsLeft: 30 });
    expect(planProgress(finish('c', finish('b', finish('a'))), null)).toBeNull();
  });

  it('does not know the time left when a stage was promised none, and never passes the whole', () => {
    const unknown = withStage(plan, 'b', (stage) => ({ ...stage, promised: null }));
    expect(planProgress(unknown, null)).toMatchObject({ share: 0, secondsLeft: null });
    const over = { done: 12, total: 10, rate: null, secondsLeft: 0 };
    expect(planProgress(finish('b', finish('a')), over)?.share).toBe(1);
  });
});
