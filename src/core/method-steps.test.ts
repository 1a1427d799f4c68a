import { describe, expect, it } from 'vitest';
import { isDone, nextScreen, type RunStanding } from './method-steps';

const FRESH: RunStanding = { written: false, judged: false, finetuned: false, evaluated: false };

describe('the steps of the method', () => {
  it('lead from writing to sharing, one screen after the other', () => {
    expect(nextScreen(null)).toBe('generate');
    expect(nextScreen(FRESH)).toBe('generate');
    expect(nextScreen({ ...FRESH, written: true })).toBe('review');
    expect(nextScreen({ ...FRESH, written: true, judged: true })).toBe('finetune');
    expect(nextScreen({ ...FRESH, written: true, judged: true, finetuned: true })).toBe('evaluate');
    expect(nextScreen({ written: true, judged: true, finetuned: true, evaluated: true })).toBe('export');
  });

  it('do not lead back to what was left out, but to a run that is not finished', () => {
    expect(nextScreen({ ...FRESH, written: true, finetuned: true })).toBe('evaluate');
    expect(nextScreen({ ...FRESH, judged: true, finetuned: true })).toBe('generate');
  });

  it('are done by what was done', () => {
    expect(isDone('write', null)).toBe(false);
    expect(isDone('write', { ...FRESH, written: true })).toBe(true);
    expect(isDone('judge', { ...FRESH, judged: true })).toBe(true);
    // A finetuned model that nobody looked at shows nothing.
    expect(isDone('learn', { ...FRESH, finetuned: true })).toBe(false);
    expect(isDone('learn', { ...FRESH, finetuned: true, evaluated: true })).toBe(true);
    expect(isDone('share', { written: true, judged: true, finetuned: true, evaluated: true })).toBe(false);
  });
});
