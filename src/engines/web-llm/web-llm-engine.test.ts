import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors';
import type { CompletionRequest } from '../../core/ports';
import { type MlcScript, ScriptedMlc } from '../../testing/scripted-mlc';
import { loadWebLlm, type WebLlmLoad } from './load-web-llm';

const never = new AbortController().signal;
const LOAD: WebLlmLoad = {
  name: 'Tiny-q4f16_1-MLC',
  model: 'https://models.invalid/tiny',
  library: 'https://models.invalid/tiny.wasm',
  contextLength: 512,
  style: 'base',
  prefixes: 4,
};
const ask = (prompt: string, more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  prompt,
  maxTokens: 40,
  temperature: 0,
  topP: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
  seed: 1,
  ...more,
});

async function opened(script: MlcScript = {}, load: Partial<WebLlmLoad> = {}) {
  let lose!: (error: AppError) => void;
  const lost = new Promise<never>((_, reject) => (lose = reject));
  lost.catch(() => undefined);
  let mlc: ScriptedMlc | null = null;
  const labels: string[] = [];
  const { engine, info } = await loadWebLlm(
    (config, onProgress) => (mlc = new ScriptedMlc(config, onProgress, script)).engine,
    { lost, name: () => 'a scripted device' },
    { ...LOAD, ...load },
    ({ label }) => labels.push(label),
  );
  const { pipeline } = mlc as unknown as ScriptedMlc;
  return { engine, info, mlc: mlc as unknown as ScriptedMlc, pipeline, lose, labels };
}
/** Scripts answer only what the test asks; the checks at a load are answered by repetition. */
const answering = (answer: (prompt: string, seed: number) => string, more: MlcScript = {}): MlcScript => ({
  ...more,
  text: (prompt, seed) => {
    const known = /one two three|red green blue/u.test(prompt);
    return known ? undefined : answer(prompt, seed);
  },
});

describe('an answer', () => {
  it('is the library’s final text, with its end, its tokens and its pieces', async () => {
    const { engine, info } = await opened(answering(() => ' One bird.\nTask 2: Two birds.\n\nTask 3'));
    expect(info).toEqual({ contextLength: 512, device: 'a scripted device', notes: [] });
    const deltas: string[] = [];
    const answer = await engine.complete(ask('Task 1:', { stop: ['\n\n'] }), never, (text) =>
      deltas.push(text),
    );
    expect(answer).toMatchObject({ text: ' One bird.\nTask 2: Two birds.', finishReason: 'stop' });
    expect(deltas.join('')).toBe(answer.text);
    expect(deltas.length).toBeGreaterThanOrEqual(answer.completionTokens);
  });
  it('that is too long ends by length', async () => {
    const { engine } = await opened(answering(() => ' a b c d e f'));
    const answer = await engine.complete(ask('x', { maxTokens: 3 }), never, () => undefined);
    expect(answer).toMatchObject({ text: ' a b c', finishReason: 'length', completionTokens: 3 });
  });
  it('ends at the stop strings of the model’s own file as well', async () => {
    const { engine } = await opened(answering(() => ' a b<end> c', { stopStrings: ['<end>'] }));
    const deltas: string[] = [];
    const answer = await engine.complete(ask('x'), never, (text) => deltas.push(text));
    expect(answer.text).toBe(' a b');
    expect(deltas.join('')).toBe(' a b');
  });
  it('is never taken back, wherever the stop strings fall', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' '), minLength: 1, maxLength: 3 });
    let next = '';
    const { engine } = await opened(answering(() => next));
    await fc.assert(
      fc.asyncProperty(fc.array(letters), fc.array(letters, { maxLength: 3 }), async (words, stop) => {
        next = words.join('');
        const deltas: string[] = [];
        const answer = await engine.complete(ask('x', { stop }), never, (text) => deltas.push(text));
        expect(deltas.join('')).toBe(answer.text);
        for (const each of stop) expect(answer.text).not.toContain(each);
        expect(next.startsWith(answer.text)).toBe(true);
      }),
    );
  });
  it('of an instruct model answers turns; without turns the prompt is the user’s', async () => {
    const seen: string[] = [];
    const { engine } = await opened(
      answering((prompt) => {
        seen.push(prompt);
        return 'Yes';
      }),
      { style: 'instruct' },
    );
    await engine.complete(
      ask('raw', { turns: { system: 'Be short.', user: 'Well?' } }),
      never,
      () => undefined,
    );
    await engine.complete(ask('raw'), never, () => undefined);
    expect(seen).toEqual(['<system>Be short.<user>Well?<assistant>', '<user>raw<assistant>']);
  });
});

describe('a choice', () => {
  it('compares the odds of the next token', async () => {
    const { engine } = await opened(answering(() => ' No'));
    const choice = await engine.choose({ prompt: 'Classification:' }, ['Yes', 'No'], never);
    expect(choice.probabilities[0]).toBe(0);
    expect(choice.probabilities[1]).toBeCloseTo(0.6);
    expect(choice.promptTokens).toBe(2);
  });
});

describe('an interruption', () => {
  it('ends the answer at the next token, and the next request is answered', async () => {
    const controller = new AbortController();
    const { engine, mlc } = await opened(
      answering(() => ' a b c d e f g h', {
        before: (token) => {
          if (token === 3) controller.abort();
        },
      }),
    );
    const answer = engine.complete(ask('x'), controller.signal, () => undefined);
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(mlc.interrupted).toBeGreaterThan(0);
    expect((await engine.complete(ask('x'), never, () => undefined)).text).toBe(' a b c d e f g h');
  });
  it('that comes before the first token is not forgotten', async () => {
    const controller = new AbortController();
    let tokens = 0;
    const { engine } = await opened(
      answering(() => ' a b c d e f g h', { before: () => void (tokens += 1) }),
    );
    const answer = engine.complete(ask('x'), controller.signal, () => undefined);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(tokens).toBeLessThan(4);
    await expect(engine.complete(ask('x'), controller.signal, () => undefined)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
  it('that nobody asked for is a failure', async () => {
    const box: { mlc?: ScriptedMlc } = {};
    const { engine, mlc } = await opened(
      answering(() => ' a b c', { before: () => box.mlc?.interruptGenerate() }),
    );
    box.mlc = mlc;
    await expect(engine.complete(ask('x'), never, () => undefined)).rejects.toMatchObject({
      failure: { kind: 'engine-failed' },
    });
  });
});

describe('what goes wrong', () => {
  it('a prompt that does not fit is told, and spoils nothing', async () => {
    const { engine } = await opened(answering((prompt) => ` ${prompt.length}`));
    const long = engine.complete(ask('word '.repeat(600)), never, () => undefined);
    await expect(long).rejects.toMatchObject({ failure: { kind: 'prompt-too-long' } });
    expect((await engine.complete(ask('four'), never, () => undefined)).text).toBe(' 4');
  });
  it('a lost device ends a request that would wait for ever', async () => {
    const { engine, lose } = await opened(
      answering(() => ' a b c', {
        before: (token) => (token === 1 ? new Promise(() => undefined) : undefined),
      }),
    );
    const answer = engine.complete(ask('x'), never, () => undefined);
    lose(new AppError({ kind: 'device-lost', detail: 'unplugged' }));
    await expect(answer).rejects.toMatchObject({ failure: { kind: 'device-lost', detail: 'unplugged' } });
  });
  it.each([
    ['DeviceLostError: The WebGPU device was lost', 'device-lost'],
    ['GPUOutOfMemoryError: out of memory', 'out-of-memory'],
    [new RangeError('Array buffer allocation failed'), 'out-of-memory'],
    ['anything', 'engine-failed'],
  ])('%s in the middle of an answer is %s, and the next answer is right', async (thrown, kind) => {
    let broken = true;
    const { engine } = await opened(
      answering((prompt) => ` a b ${prompt.length}`, {
        before: (token) => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the library does
          if (broken && token === 1) throw thrown;
        },
      }),
    );
    await expect(engine.complete(ask('one more'), never, () => undefined)).rejects.toMatchObject({
      failure: { kind },
    });
    broken = false;
    const answer = await engine.complete(ask('one more'), never, () => undefined);
    expect(answer).toMatchObject({ text: ' a b 8', cachedTokens: 0 });
  });
});

describe('kept beginnings', () => {
  const begin = 'For each task, say whether it is one. '.repeat(6);
  const other = 'For each task, write some examples of it. '.repeat(8);
  it('are evaluated once, and the answers are those of a fresh evaluation', async () => {
    const script = answering((prompt, seed) => ` ${prompt.length} ${prompt.slice(-9)} ${seed}`, {
      beginTokens: [3],
    });
    const kept = await opened(script);
    const fresh = await opened(script, { prefixes: 0 });
    expect(fresh.info.notes).toEqual([]);
    const before = [kept.pipeline.evaluated, fresh.pipeline.evaluated];
    let cached = 0;
    for (let i = 0; i < 12; i++) {
      for (const prompt of [`A list of things\n${i} ${i * 7}`, `${begin}Task ${i}:`, `${other}Task ${i}:`]) {
        const a = await kept.engine.complete(ask(prompt, { seed: i }), never, () => undefined);
        const b = await fresh.engine.complete(ask(prompt, { seed: i }), never, () => undefined);
        expect(a.text).toBe(b.text);
        expect(a.promptTokens).toBe(b.promptTokens);
        expect(b.cachedTokens).toBe(0);
        cached += a.cachedTokens;
      }
    }
    const [a = 0, b = 0] = [kept.pipeline.evaluated, fresh.pipeline.evaluated].map(
      (n, i) => n - (before[i] ?? 0),
    );
    expect(a).toBe(b - cached);
    expect(a).toBeLessThan(b / 5);
    expect(kept.pipeline.scopes).toBe(0);
  });
  it('survive an interruption and a prompt that does not fit', async () => {
    const controller = new AbortController();
    const { engine } = await opened(
      answering((prompt) => ` ${prompt.length} b c d`, {
        before: (token) => {
          if (token === 2) controller.abort();
        },
      }),
    );
    const first = engine.complete(ask(`${begin}Task 1:`), controller.signal, () => undefined);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.complete(ask('word '.repeat(600)), never, () => undefined)).rejects.toMatchObject({
      failure: { kind: 'prompt-too-long' },
    });
    const next = await engine.complete(ask(`${begin}Task 2:`), never, () => undefined);
    expect(next.text).toBe(` ${begin.length + 7} b c d`);
    expect(next.cachedTokens).toBeGreaterThan(next.promptTokens / 2);
  });
  it.each([
    ['rewindsWrongly', { rewindsWrongly: true }, /differed from a fresh evaluation/u],
    ['no rewinding', { rewindsWrongly: null }, /cannot rewind/u],
    ['no runtime', { internals: { tvm: undefined } }, /built differently/u],
    ['another memory', { internals: { kvStateKind: 'hybrid' } }, /another state/u],
    ['a window', { internals: { slidingWindowSize: 4096 } }, /forgets the start/u],
    ['a plan', { internals: { artifact: {} } }, /plan of its own/u],
  ] as const)('are given up with a note: %s', async (_, script, note) => {
    const { engine, info } = await opened(answering((prompt) => ` ${prompt.length}`, script));
    expect(info.notes).toHaveLength(1);
    expect(info.notes[0]).toMatch(note);
    for (const i of [1, 2]) {
      const answer = await engine.complete(ask(`${begin}Task ${i}:`), never, () => undefined);
      expect(answer).toMatchObject({ text: ` ${begin.length + 7}`, cachedTokens: 0 });
    }
  });
  it('are given up when the model answers everything alike', async () => {
    const { info } = await opened({ odds: () => [{ token: ' seven', logprob: 0 }] });
    expect(info.notes[0]).toMatch(/nothing could be compared/u);
  });
  it('take no more memory than they may', async () => {
    const large = { num_hidden_layers: 64, num_key_value_heads: 64, head_dim: 128 };
    const { pipeline } = await opened(
      answering(() => ' a', { internals: { config: { model_config: large } } }),
    );
    expect(pipeline.caches.filter(({ disposed }) => !disposed)).toHaveLength(1);
  });
});

describe('a load', () => {
  it('gives the library the settings that a model needs, and its own context', async () => {
    const { mlc } = await opened({}, { overrides: { max_history_size: 1, context_window_size: 8192 } });
    expect(mlc.config.model_list[0]?.overrides).toEqual({
      max_history_size: 1,
      context_window_size: 512,
      sliding_window_size: -1,
    });
  });
  it('tells what it does', async () => {
    const { labels } = await opened();
    expect(labels).toEqual(['Preparing the GPU', 'Loading the model', 'Checking the model']);
  });
  it('that fails says why', async () => {
    const load = (): never => {
      throw Object.assign(new Error('Import #0 "env"'), { name: 'LinkError' });
    };
    await expect(opened({ load })).rejects.toMatchObject({
      failure: {
        kind: 'engine-load-failed',
        model: LOAD.name,
        detail: expect.stringContaining('0.2.86') as string,
      },
    });
  });
  it('that a lost device cut off is a failure although it seems to succeed', async () =>
    expect(opened({}, { contextLength: 0 })).rejects.toMatchObject({ failure: { kind: 'device-lost' } }));
  it('of a model that computes nonsense is refused', async () =>
    expect(opened({ text: () => ' banana' })).rejects.toMatchObject({
      failure: { kind: 'self-test-failed', expected: 'seven', got: ' banana' },
    }));
});
