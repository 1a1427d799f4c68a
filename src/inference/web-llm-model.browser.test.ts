import { afterEach, describe, expect, it } from 'vitest';
import type { CompletionRequest } from '../core/ports';
import { EngineConnection, PATIENCE } from './engine-connection';
import { WebLlmModel } from './web-llm-model';

/** A scripted web-llm in real workers, one fault for each worker in turn; the last one for all that follow. */
type Fault = 'none' | 'hang' | 'lost' | 'memory' | 'unlinked' | 'silent';
const never = new AbortController().signal;
const NUMBERS = 'one two three four five six seven eight nine ten';
const ask = (prompt: string, maxTokens = 6): CompletionRequest => ({
  prompt,
  maxTokens,
  temperature: 0,
  topP: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
  seed: 1,
});
const question = ask(`${NUMBERS}\n${NUMBERS}\none two three`);
const ANSWER = ' four five six seven eight nine';
const open: WebLlmModel[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

function modelWith(...faults: Fault[]) {
  const launched: Fault[] = [];
  const model = new WebLlmModel(
    {
      id: 'tiny',
      name: 'Tiny-q4f16_1-MLC',
      hash: 'ab',
      style: 'base',
      place: { model: 'https://models.invalid/tiny', library: 'https://models.invalid/tiny.wasm' },
      contextLength: 8_192,
    },
    {
      connect: () => {
        const fault = faults[Math.min(launched.length, faults.length - 1)] ?? 'none';
        launched.push(fault);
        const worker = new Worker(new URL('../testing/scripted-web-llm.worker.ts', import.meta.url), {
          type: 'module',
          name: fault,
        });
        // Quick, but with time for a worker to start on a busy machine.
        return new EngineConnection(worker, 'web-llm', { ...PATIENCE, tickMs: 200, load: 100 });
      },
    },
  );
  open.push(model);
  return { model, launched };
}
const listening = () => {
  const told: string[] = [];
  return {
    told,
    text: (delta: string) => void told.push(delta),
    retry: (detail: string) => void told.push(`retry: ${detail}`),
  };
};

describe('a model on the GPU', () => {
  it('answers, tells its pieces and its figures', async () => {
    const { model } = modelWith('none');
    const labels: string[] = [];
    await model.start(({ label }) => labels.push(label));
    expect(labels).toContain('Preparing the GPU');
    expect(model).toMatchObject({ device: 'GPU, scripted', contextLength: 4_096, notes: [] });
    const listener = listening();
    const answer = await model.complete(question, never, listener);
    expect(answer).toMatchObject({ text: ANSWER, finishReason: 'length', completionTokens: 6 });
    expect(listener.told.join('')).toBe(ANSWER);
    const again = await model.complete(question, never);
    expect(again.cachedTokens).toBe(again.promptTokens - 1);
  });
  it('compares options', async () => {
    const { model } = modelWith('none');
    const choice = await model.choose(question, ['Four', 'Five'], never);
    expect(choice.probabilities[0]).toBeCloseTo(0.6);
    expect(choice.probabilities[1]).toBe(0);
  });
  it('says at once that a prompt is too long', async () => {
    const { model, launched } = modelWith('none');
    await expect(model.complete(ask('word '.repeat(5_000)), never)).rejects.toMatchObject({
      failure: { kind: 'prompt-too-long' },
    });
    expect(launched).toHaveLength(1);
  });
});

describe('an engine that fails', () => {
  it.each([
    ['hang', 'engine-timeout'],
    ['lost', 'device-lost'],
  ] as const)('once (%s) is replaced, and the same request is answered', async (fault, kind) => {
    const { model, launched } = modelWith(fault, 'none');
    const healthy = await modelWith('none').model.complete(question, never);
    const listener = listening();
    const answer = await model.complete(question, never, listener);
    expect(answer.text).toBe(healthy.text);
    expect(listener.told).toContain(`retry: ${kind}`);
    expect(launched).toEqual([fault, 'none']);
    expect(model.contextLength).toBe(4_096);
    expect(model.notes).toEqual([]);
  });
  it('twice is loaded with a smaller context, and says so', async () => {
    const { model, launched } = modelWith('lost', 'hang', 'none');
    const listener = listening();
    expect((await model.complete(question, never, listener)).text).not.toBe('');
    expect(launched).toEqual(['lost', 'hang', 'none']);
    expect(model.contextLength).toBe(2_048);
    expect(model.notes).toHaveLength(1);
    expect(model.notes[0]).toContain('2048 tokens');
  });
  it('three times is an error, and the next request begins anew', async () => {
    const { model } = modelWith('lost', 'lost', 'lost', 'none');
    await expect(model.complete(question, never)).rejects.toMatchObject({ failure: { kind: 'device-lost' } });
    expect((await model.complete(question, never)).text).not.toBe('');
    expect(model.contextLength).toBe(1_024);
  });
  it('while it is stopped ends the wait, and counts as no failure', async () => {
    const { model, launched } = modelWith('hang', 'hang', 'none');
    for (let i = 0; i < 2; i++) {
      const controller = new AbortController();
      const stopped = model.complete(question, controller.signal, {
        text: () => controller.abort(),
        retry: () => undefined,
      });
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect((await model.complete(question, never)).text).not.toBe('');
    expect(launched).toHaveLength(3);
    expect(model.contextLength).toBe(4_096);
  });
});

describe('a load', () => {
  it.each([
    ['memory', 'out-of-memory'],
    ['unlinked', 'engine-load-failed'],
  ] as const)('that fails (%s) is told', async (fault, kind) => {
    const { model } = modelWith(fault);
    await expect(model.start(() => undefined)).rejects.toMatchObject({ failure: { kind } });
  });
  it('that never ends can be closed', async () => {
    const { model } = modelWith('silent');
    const loading = model.start(() => model.dispose());
    await expect(loading).rejects.toMatchObject({ failure: { kind: 'worker-crashed' } });
    await expect(model.complete(question, never)).rejects.toMatchObject({
      failure: { kind: 'engine-failed' },
    });
  });
});
