import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CompletionRequest, PromptProgress } from '../../core/ports';
import { standardModel } from '../../testing/standard-model';
import { STANDARD_REQUESTS, STANDARD_TEXTS } from '../../testing/standard-texts';
import { GgufLlama } from '../../weights/gguf-llama';
import { Scheduler } from './scheduler';
import { LlamaEngine } from './llama-engine';
import { startLlamaWasm } from './llama-wasm';
import { loadWeights } from './load-weights';

// Loading and long prompts take seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const never = new AbortController().signal;
const nothing = (): void => undefined;
const ask = (prompt: string, seed = 0, maxTokens = 24): CompletionRequest => ({
  prompt,
  maxTokens,
  temperature: seed === 0 ? 0 : 0.9,
  topP: 0.95,
  frequencyPenalty: 0,
  presencePenalty: seed % 3,
  stop: ['\n\n'],
  seed,
});
const list = (first: string): string => `Here is a list of different tasks.\n\nTask 1: ${first}\nTask 2:`;
const load = async (maxContext: number, parallel: number): Promise<LlamaEngine> => {
  const engine = await LlamaEngine.load({ gguf: await standardModel() }, { maxContext, parallel }, nothing);
  if (!engine) throw new Error('the standard model is not for this engine');
  return engine;
};
let engine: LlamaEngine;
/** Another instance, with a short context and one request at a time. */
let small: LlamaEngine;
beforeAll(async () => {
  engine = await load(2048, 4);
  small = await load(64, 1);
});

/** By scripts/verify/llama_reference.py, in double precision. */
const golden = JSON.parse(readFileSync('src/engines/llama/standard-model.golden.json', 'utf8')) as {
  readonly text: string;
  readonly ids: readonly number[];
  /** After each token: the ten likeliest next ones with their probabilities. */
  readonly likeliest: readonly (readonly (readonly [id: number, probability: number])[])[];
};

/** Tokens of the first comparison. */
const FIRST = 30;

describe('next to the same model in double precision', () => {
  it('finds the same tokens as likely', async () => {
    const model = await GgufLlama.open(await standardModel());
    const wasm = startLlamaWasm();
    if (!wasm) throw new Error('no WebAssembly');
    await loadWeights(wasm, model.config, model, { context: 128, rows: 32 }, nothing);
    const scheduler = new Scheduler(wasm, model.config.vocabSize, 128, 1);
    let sameFirst = 0;
    let differences = 0;
    for (let count = FIRST; count <= golden.ids.length; count++) {
      const expected = golden.likeliest[count - 1]!;
      const figures = await scheduler.compute(golden.ids.slice(0, count), never, ({ values, powers }) => {
        const sum = powers(1);
        for (const [id, probability] of expected) differences += Math.abs(values[id]! / sum - probability);
        const best = values.reduce((best, value, id) => (value > values[best]! ? id : best), 0);
        sameFirst += best === expected[0]![0] ? 1 : 0;
        return null;
      });
      expect(figures).toEqual({ promptTokens: count, cachedTokens: count === FIRST ? 0 : count - 1 });
    }
    // Of a sum of probabilities up to 1 for each token. llama.cpp differs as much: 0.034 to our 0.038 on such a text.
    const compared = golden.ids.length - FIRST + 1;
    expect(differences / compared).toBeLessThan(0.06);
    expect(sameFirst / compared).toBeGreaterThan(0.9);
  });
  it('cuts text into the tokens of llama.cpp', async () => {
    const { promptTokens } = await engine.complete({ ...ask(golden.text), maxTokens: 1 }, never, nothing);
    expect(promptTokens).toBe(golden.ids.length);
  });
});

describe('a request', () => {
  it('is continued by a base model, and answered in turns by the file’s own template', async () => {
    const plain = await engine.complete(ask('The capital of France is', 0, 2), never, nothing);
    expect(plain).toMatchObject({
      text: ' Paris.',
      finishReason: 'length',
      promptTokens: 5,
      completionTokens: 2,
    });
    const turns = { system: '', user: 'What is the capital of France?' };
    const answer = await engine.complete({ ...ask(''), turns }, never, nothing);
    expect(answer).toMatchObject({ text: 'The capital of France is Paris.', finishReason: 'stop' });
  });
  it('gives the same text on every machine', async () => {
    const texts: string[] = [];
    for (const request of STANDARD_REQUESTS)
      texts.push((await engine.complete(request, never, nothing)).text);
    expect(texts).toEqual(STANDARD_TEXTS);
  });
  it('chooses by probability', async () => {
    const prompt =
      'Question: Is Paris in France?\nAnswer: Yes\n\nQuestion: Is London in France?\nAnswer: No\n\n';
    const { probabilities } = await engine.choose(
      { prompt: `${prompt}Question: Is Lyon in France?\nAnswer:` },
      ['Yes', 'No'],
      never,
    );
    expect(probabilities[0]! + probabilities[1]!).toBeGreaterThan(0.8);
    expect(probabilities[0]! + probabilities[1]!).toBeLessThanOrEqual(1);
  });
  it('knows how likely a text is, in one piece or token by token, alone or from a known beginning', async () => {
    const request = { prompt: 'The capital of France is' };
    const likely = await engine.likelihood(request, ' Paris.', never);
    expect(likely).toMatchObject({ tokens: 2, promptTokens: 6 });
    expect(likely.logProbability).toBeLessThan(0);
    expect(likely.logProbability).toBeGreaterThan(
      (await engine.likelihood(request, ' a cow.', never)).logProbability,
    );
    const [long, again] = [
      await engine.likelihood(request, ` Paris.${' It is a city.'.repeat(20)}`, never),
      likely,
    ];
    expect(long.tokens).toBeGreaterThan(80);
    expect(await engine.likelihood(request, ' Paris.', never)).toEqual({ ...again, cachedTokens: 4 });
    // Token by token, as it writes.
    const first = await engine.likelihood(request, ' Paris', never);
    const second = await engine.likelihood({ prompt: 'The capital of France is Paris' }, '.', never);
    expect(first.logProbability + second.logProbability).toBeCloseTo(likely.logProbability, 5);
  });
  it('ends at a stop string, of which nothing is shown', async () => {
    const shown: string[] = [];
    const request = { ...ask('1, 2, 3, 4, 5, 6, 7, 8, 9,'), stop: ['2, 1'] };
    const { text, finishReason } = await engine.complete(request, never, (delta) => shown.push(delta));
    expect(text).toBe(' 10, 11, 1');
    expect(finishReason).toBe('stop');
    expect(shown.join('')).toBe(text);
  });
  it('gives the same alone, among others, in any order, from a known beginning and in another engine', async () => {
    const requests = Array.from({ length: 8 }, (_, i) => ask(list(`Name ${i + 2} kinds of birds.`), i));
    const texts = (all: readonly CompletionRequest[], from: LlamaEngine): Promise<readonly string[]> =>
      Promise.all(all.map(async (request) => (await from.complete(request, never, nothing)).text));
    const alone: string[] = [];
    for (const request of requests) alone.push(...(await texts([request], engine)));
    expect(new Set(alone).size).toBeGreaterThan(5);
    expect(await texts(requests.slice(0, 4), engine)).toEqual(alone.slice(0, 4));
    expect(await texts(requests.slice(4).reverse(), engine)).toEqual(alone.slice(4).reverse());
    expect(await texts(requests.slice(7), small)).toEqual(alone.slice(7));
  });
  it('computes a known beginning once', async () => {
    const examples = Array.from({ length: 40 }, (_, i) => `Task ${i}: Name ${i} kinds of tea.\n`).join('');
    const read: PromptProgress[] = [];
    const first = await engine.complete(ask(`${examples}Task 40: Sing`), never, nothing, (one) =>
      read.push(one),
    );
    const total = first.promptTokens;
    expect(read.slice(0, 2)).toEqual([
      { done: 32, total },
      { done: 64, total },
    ]);
    expect(read.at(-1)).toEqual({ done: total, total });
    const second = await engine.complete(ask(`${examples}Task 40: Dance`), never, nothing);
    expect(first.promptTokens).toBeGreaterThan(300);
    expect(second.cachedTokens).toBeGreaterThanOrEqual(first.promptTokens - 2);
  });
  it('ends at its signal, and the others go on', async () => {
    const controller = new AbortController();
    const stopped = engine.complete(
      { ...ask(list('Tell a story.'), 5, 400), stop: [] },
      controller.signal,
      () => controller.abort(),
    );
    const other = engine.complete(ask(list('Sing a song.'), 7), never, nothing);
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect((await other).text).not.toBe('');
    await expect(engine.complete(ask(list('Sing.')), controller.signal, nothing)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
  it('that is too long is refused, and one that fills the context ends there', async () => {
    await expect(small.complete(ask('word '.repeat(64)), never, nothing)).rejects.toMatchObject({
      failure: { kind: 'prompt-too-long' },
    });
    const request = { ...ask('la la la la la la la la la la', 0, 400), stop: [] };
    const { promptTokens, completionTokens, finishReason } = await small.complete(request, never, nothing);
    expect(finishReason).toBe('length');
    // The last token needs no place: nothing follows it.
    expect(promptTokens + completionTokens).toBe(65);
  });
});

describe('files that it is not for', () => {
  it.each([
    ['a picture', () => new Blob([Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), new Uint8Array(99)])],
    ['half of a model', async () => (await standardModel()).slice(0, 40_000_000)],
  ])('are left to the engine for all kinds: %s', async (_, file) => {
    expect(
      await LlamaEngine.load({ gguf: await file() }, { maxContext: 64, parallel: 1 }, nothing),
    ).toBeNull();
  });
});
