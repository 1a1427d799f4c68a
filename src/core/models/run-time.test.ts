import { describe, expect, it } from 'vitest';
import { ScriptedModel } from '../../testing/scripted-model';
import { builtInConfig } from '../presets';
import type { CompletionRequest, LanguageModel } from '../ports';
import { BUILT_IN_WORK, probeModel, taskSeconds, taskWork } from './run-time';

const SEEDS = Array.from({ length: 12 }, (_, i) => ({ instruction: `Write about thing number ${i}.` }));
const never = new AbortController().signal;

/** Takes two seconds for the prompt and a tenth of a second for each token. */
function timed(tokens: number, slower = 0) {
  let clock = 0;
  const asked: CompletionRequest[] = [];
  const complete: LanguageModel['complete'] = (request, _signal, listener) => {
    asked.push(request);
    clock += asked.length === 1 ? 2 + slower : 2;
    for (let i = 0; i < tokens; i++) {
      listener?.text('word ');
      if (i < tokens - 1) clock += 0.1;
    }
    const counts = { promptTokens: 100, cachedTokens: 0, completionTokens: tokens };
    return Promise.resolve({ text: 'word', finishReason: 'length', ...counts });
  };
  const { id, name, hash, contextLength, device, parallel } = new ScriptedModel();
  const model: LanguageModel = { id, name, hash, contextLength, device, parallel, complete };
  return { asked, run: () => probeModel(model, builtInConfig(1, 10), SEEDS, () => clock, never) };
}

describe('the probe of a computer', () => {
  it('times prompt and answer of the quicker one of two requests of 30 tokens', async () => {
    const { asked, run } = timed(30, 5);
    const figures = await run();
    expect(figures).toMatchObject({ promptTokens: 100, promptSeconds: 2, answerTokens: 29 });
    expect(figures?.answerSeconds).toBeCloseTo(2.9);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.prompt).not.toBe(asked[1]?.prompt);
    expect(asked[0]).toMatchObject({ maxTokens: 30, stop: [], turns: null });
    expect(asked[0]?.prompt).toContain('Write about thing number');
  });
  it('knows nothing when hardly anything was written', async () => {
    expect(await timed(1).run()).toBeNull();
  });
  it('tells what a task takes, by its prompt and its answer', () => {
    const figures = { promptTokens: 100, promptSeconds: 1, answerTokens: 10, answerSeconds: 1 };
    const slow = { ...figures, answerSeconds: 2 };
    expect(taskSeconds(slow)).toBeGreaterThan(taskSeconds(figures));
    expect(taskSeconds({ ...figures, promptSeconds: 2, answerSeconds: 2 })).toBeCloseTo(
      2 * taskSeconds(figures),
    );
  });
});

describe('the work of a model', () => {
  it('is 1 for the standard model, less for the built-in one, more where llama.cpp computes', () => {
    expect(taskWork(134_515_008, true)).toBe(1);
    expect(BUILT_IN_WORK).toBeLessThan(1);
    expect(taskWork(269_030_016, true)).toBe(2);
    expect(taskWork(134_515_008, false)).toBeGreaterThan(9);
  });
});
