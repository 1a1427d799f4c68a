import { describe, expect, it } from 'vitest';
import { ScriptedModel } from '../../testing/scripted-model';
import { runId } from '../ids';
import { initialProgress } from '../pipeline/progress';
import { builtInConfig } from '../presets';
import type { RunProgress } from '../run';
import { measureSpeed, tokensPerKept } from './speed';

const SEEDS = Array.from({ length: 12 }, (_, i) => ({ instruction: `Write about thing number ${i}.` }));

describe('the speed of a model', () => {
  it('is the tokens of all workers by the time they took', async () => {
    const over = new AbortController();
    const model = new ScriptedModel();
    let clock = 0;
    let answered = 0;
    const speed = await measureSpeed(
      {
        contextLength: 512,
        parallel: 3,
        complete: async (request, signal, listener) => {
          const completion = await model.complete(request, signal, listener);
          clock += 1;
          if (++answered === 9) over.abort();
          return { ...completion, completionTokens: 20 };
        },
      },
      builtInConfig(1, 10),
      SEEDS,
      () => clock,
      over.signal,
    );
    // Requests that were on their way when the time was over still count.
    expect(speed.tokens).toBeGreaterThanOrEqual(9 * 20);
    expect(speed.tokensPerSecond).toBeCloseTo(speed.tokens / speed.seconds);
    expect(speed.firstTokenSeconds).not.toBeNull();
  });

  it('counts what a request wrote before it was cut off', async () => {
    const over = new AbortController();
    let clock = 0;
    const speed = await measureSpeed(
      {
        contextLength: 512,
        parallel: 1,
        complete: (_request, signal, listener) => {
          clock = 2;
          listener?.text('one');
          listener?.text(' two');
          clock = 4;
          over.abort();
          signal.throwIfAborted();
          throw new Error('not reached');
        },
      },
      builtInConfig(1, 10),
      SEEDS,
      () => clock,
      over.signal,
    );
    expect(speed).toEqual({ tokens: 2, seconds: 4, tokensPerSecond: 0.5, firstTokenSeconds: 2 });
  });

  it('tells a failure of the model', async () => {
    const over = new AbortController();
    const model = {
      contextLength: 512,
      parallel: 1,
      complete: () => Promise.reject(new Error('broken')),
    };
    await expect(measureSpeed(model, builtInConfig(1, 10), SEEDS, () => 0, over.signal)).rejects.toThrow(
      'broken',
    );
  });
});

describe('the cost of a kept instruction', () => {
  const run = (kept: number, completionTokens: number): RunProgress => {
    const empty = initialProgress(runId(1));
    const { stages } = empty;
    return { ...empty, kept, stages: { ...stages, instances: { ...stages.instances, completionTokens } } };
  };
  it('comes from the newest run that says enough', () => {
    expect(tokensPerKept([run(3, 3_000), run(40, 4_000), run(50, 10_000)])).toBe(100);
  });
  it('is that of the built-in model where no run says enough', () => {
    expect(tokensPerKept([])).toBe(tokensPerKept([run(2, 10)]));
    expect(tokensPerKept([])).toBeGreaterThan(0);
  });
});
