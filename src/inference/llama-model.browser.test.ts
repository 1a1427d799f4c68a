import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../core/errors';
import type { CompletionRequest, LanguageModel } from '../core/ports';
import { classificationPrompt } from '../core/prompts/classification-prompt';
import { instancePrompt } from '../core/prompts/instance-prompt';
import { BuiltInSource } from './built-in-source';
import { LlamaModel } from './llama-model';
import { LlamaConnection } from './llama-connection';
import { SourcesHost } from './model-host';
import type { ModelManifest } from './model-manifest';

/** The real model in a real worker. */
const FOLDER = '/models/built-in/';
const never = new AbortController().signal;
const options = (parallel = 4) => ({
  wasmUrl: new URL(wasmUrl, location.href).href,
  threads: 1,
  parallel,
  maxContext: 512,
  onGpu: false,
});
const ask = (prompt: string, seed = 0, maxTokens = 24): CompletionRequest => ({
  prompt,
  maxTokens,
  temperature: seed === 0 ? 0 : 0.9,
  topP: 0.95,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: ['\n\n'],
  seed,
});
const list = (first: string): string => `Here is a list of different tasks.\n\nTask 1: ${first}\nTask 2:`;

// Each load takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let manifest: ModelManifest;
let weights: Blob;
/** Serves all tests that need no model of their own. */
let model: LlamaModel;
let modelWorker: Worker;
const open: LlamaModel[] = [];
/** Workers in the order in which they were started. */
const workers: Worker[] = [];

beforeAll(async () => {
  manifest = (await (await fetch(`${FOLDER}manifest.json`)).json()) as ModelManifest;
  weights = await (await fetch(FOLDER + manifest.file)).blob();
  const Original = Worker;
  vi.stubGlobal(
    'Worker',
    class extends Original {
      constructor(url: string | URL, settings?: WorkerOptions) {
        super(url, settings);
        workers.push(this);
      }
    },
  );
  model = new LlamaModel(manifest, { gguf: weights }, options(), {
    connect: () => {
      const connection = new LlamaConnection();
      modelWorker = newest();
      return connection;
    },
  });
  await model.start();
});
afterAll(() => model.dispose());
afterEach(() => {
  for (const own of open.splice(0)) own.dispose();
});

async function started(
  file = weights,
  inner: ConstructorParameters<typeof LlamaModel>[3] = {},
  by = manifest,
): Promise<LlamaModel> {
  const own = new LlamaModel(by, { gguf: file }, options(), inner);
  open.push(own);
  await own.start();
  return own;
}
/** Ends the worker of `model` as a crash does: it is gone, and the page hears of an error. */
function crash(): void {
  modelWorker.terminate();
  modelWorker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
}
const newest = (): Worker => workers[workers.length - 1]!;

describe('the loaded model', () => {
  it('knows its answer and its context', async () => {
    expect(model.contextLength).toBe(512);
    expect(model.hash).toBe(manifest.sha256);
    const { prompt, maxTokens, text } = manifest.knownAnswer;
    const answer = await model.complete({ ...ask(prompt, 0, maxTokens), stop: [] }, never);
    expect(answer).toMatchObject({ text, finishReason: 'length', completionTokens: maxTokens });
    expect(answer.promptTokens).toBeGreaterThan(10);
  });

  it('answers the same again: greedy, seeded, one at a time and ten at once on four slots', async () => {
    const requests = Array.from({ length: 10 }, (_, i) => ask(list(`Name ${i + 2} kinds of birds.`), i));
    const alone: string[] = [];
    for (const request of requests) {
      const deltas: string[] = [];
      const { text } = await model.complete(request, never, {
        text: (delta) => deltas.push(delta),
        retry: () => undefined,
      });
      // The last words may come with the result only.
      expect(text.startsWith(deltas.join(''))).toBe(true);
      expect(deltas.length).toBeGreaterThan(0);
      alone.push(text);
    }
    expect(new Set(alone).size).toBeGreaterThan(5);
    for (let round = 0; round < 2; round++) {
      const together = await Promise.all(requests.map((request) => model.complete(request, never)));
      expect(together.map(({ text }) => text)).toEqual(alone);
      for (const { cachedTokens } of together) expect(cachedTokens).toBeGreaterThan(0);
    }
    crash();
    expect((await model.complete(requests[3]!, never)).text).toBe(alone[3]);
  });

  it('stops at the signal, and works on', async () => {
    const controller = new AbortController();
    const long = model.complete({ ...ask(list('Tell a story.'), 5, 400), stop: [] }, controller.signal, {
      text: () => controller.abort(),
      retry: () => undefined,
    });
    await expect(long).rejects.toMatchObject({ name: 'AbortError' });
    await expect(model.complete(ask(list('Sing.')), controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await model.complete(ask(list('Sing a song.')), never)).text).not.toBe('');
  });

  it('says when a prompt is too long', async () => {
    await expect(
      model.complete(ask('Tell me of the sea and the land. '.repeat(200)), never),
    ).rejects.toMatchObject({
      failure: { kind: 'prompt-too-long' },
    });
    expect((await model.complete(ask(list('Sing a song.')), never)).text).not.toBe('');
  });

  it('evaluates the examples of a stage once, whatever was asked between', async () => {
    const own = await started();
    const evaluated: number[][] = [[], [], []];
    for (let i = 0; i < 8; i++) {
      const text = `Write ${i} words about a bird.`;
      const prompts = [
        classificationPrompt(text, 8).prompt,
        instancePrompt(text, false, 3).prompt,
        list(`Sing ${i} songs of the sea.`),
      ];
      for (const [stage, prompt] of prompts.entries()) {
        const { promptTokens, cachedTokens } = await own.complete(ask(prompt, i, 4), never);
        evaluated[stage]!.push(promptTokens - cachedTokens);
      }
    }
    for (const [first = 0, ...others] of evaluated.slice(0, 2)) {
      expect(first).toBeGreaterThan(150);
      // The task itself.
      expect(Math.max(...others)).toBeLessThan(40);
    }
  });

  it('gets a fresh engine now and then, between requests', async () => {
    const before = workers.length;
    const own = await started(weights, { cacheBytesPerEngine: 150_000 });
    const requests = Array.from({ length: 10 }, (_, i) => ask(list(`Name ${i + 2} kinds of birds.`), i, 4));
    const texts = await Promise.all(
      requests.map(async (request) => (await own.complete(request, never)).text),
    );
    // Each request takes about 35 kB of it.
    expect(workers.length - before).toBeGreaterThan(1);
    expect(workers.length - before).toBeLessThan(5);
    expect((await model.complete(requests[8]!, never)).text).toBe(texts[8]);
  });
});

describe('a worker that dies', () => {
  const onText = (act: () => void) => {
    const retries: string[] = [];
    let done = false;
    return {
      retries,
      text: () => {
        if (!done) act();
        done = true;
      },
      retry: (detail: string) => retries.push(detail),
    };
  };
  it('is replaced, and all requests in flight are asked again with the same answers', async () => {
    const requests = Array.from({ length: 6 }, (_, i) => ask(list(`Name ${i + 2} kinds of birds.`), i));
    const expected = await Promise.all(
      requests.map(async (request) => (await model.complete(request, never)).text),
    );
    const listener = onText(crash);
    const texts = await Promise.all(
      requests.map(async (request) => (await model.complete(request, never, listener)).text),
    );
    expect(texts).toEqual(expected);
    expect(listener.retries).toEqual(Array<string>(4).fill('worker-crashed'));
  });
  it('three times in a row is an error; the next request starts anew', async () => {
    const retries: string[] = [];
    const failing = model.complete(ask(list('Sing a song.')), never, {
      text: crash,
      retry: (detail) => retries.push(detail),
    });
    await expect(failing).rejects.toMatchObject({
      failure: { kind: 'worker-crashed', detail: 'out of memory' },
    });
    expect(retries).toHaveLength(2);
    expect((await model.complete(ask(list('Sing a song.')), never)).text).not.toBe('');
  });
  it('in silence is noticed by the watchdog', async () => {
    const own = await started(weights, { connect: () => new LlamaConnection(undefined, 400) });
    const listener = onText(() => newest().terminate());
    expect((await own.complete(ask(list('Sing a song.')), never, listener)).text).not.toBe('');
    expect(listener.retries).toEqual(['engine-timeout']);
  });
  it('while it is stopped ends the wait at once', async () => {
    const own = await started(weights, { connect: () => new LlamaConnection(undefined, 400) });
    const controller = new AbortController();
    const stopped = own.complete(ask(list('Sing a song.')), controller.signal, {
      text: () => {
        newest().terminate();
        controller.abort();
      },
      retry: () => undefined,
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
  it('on purpose, with the model closed, is an error', async () => {
    const own = await started();
    const waiting = own.complete(ask(list('Sing a song.'), 1, 300), never);
    own.dispose();
    await expect(waiting).rejects.toBeInstanceOf(AppError);
    await expect(own.complete(ask(list('Sing a song.')), never)).rejects.toMatchObject({
      failure: { kind: 'engine-failed' },
    });
  });
});

describe('a load', () => {
  const silent = (): Worker => new Worker(URL.createObjectURL(new Blob(['']))); // as when the policy blocks the wasm
  it('that never ends is ended by the watchdog', async () => {
    const model = new LlamaModel(manifest, { gguf: weights }, options(), {
      connect: () => new LlamaConnection(silent(), 10),
    });
    await expect(model.start()).rejects.toMatchObject({ failure: { kind: 'engine-timeout' } });
  });
  it('that never ends can be closed', async () => {
    const model = new LlamaModel(manifest, { gguf: weights }, options(), {
      connect: () => new LlamaConnection(silent()),
    });
    const loading = model.start();
    model.dispose();
    await expect(loading).rejects.toBeInstanceOf(AppError);
  });
  it('of a script that is not there says so', async () => {
    const missing = new Worker('/no-such-worker.js');
    await expect(new LlamaConnection(missing).load({ gguf: weights }, options())).rejects.toMatchObject({
      failure: { kind: 'worker-crashed' },
    });
  });
  it.each([
    [
      'a picture',
      () => new Blob([Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), new Uint8Array(99)]),
      'bad-file',
    ],
    ['nothing', () => new Blob([]), 'bad-file'],
    ['half of the header', () => weights.slice(0, 20_000), 'bad-file'],
    ['a file cut in the tensors', () => weights.slice(0, weights.size - 1), 'engine-load-failed'],
  ])('of %s is refused', async (_, file, kind) => {
    await expect(started(file())).rejects.toMatchObject({ failure: { kind } });
  });
  it('of a model that answers wrongly is refused', async () => {
    const other = { ...manifest, knownAnswer: { ...manifest.knownAnswer, text: ' something else' } };
    await expect(started(weights, {}, other)).rejects.toMatchObject({
      failure: { kind: 'self-test-failed', expected: ' something else', got: manifest.knownAnswer.text },
    });
  });
});

describe('the host', () => {
  const original = fetch;
  const host = (): SourcesHost => new SourcesHost([new BuiltInSource(FOLDER, 1)]);
  afterEach(() => vi.stubGlobal('fetch', original));
  /** Answers the file of this name differently. */
  const serve = (name: string, answer: () => Promise<Response>): void => {
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
      url.endsWith(name) ? answer() : original(url, init),
    );
  };
  const load = (from: SourcesHost, signal = never): Promise<LanguageModel> =>
    from.load('built-in', signal, () => undefined);
  const ok =
    (body: BodyInit): (() => Promise<Response>) =>
    () =>
      Promise.resolve(new Response(body));

  it('refuses what is not the model, plainly, and loads the right one later', async () => {
    const own = host();
    const wrong: readonly (readonly [string, () => Promise<Response>, string])[] = [
      ['manifest.json', () => Promise.resolve(new Response('', { status: 404 })), 'model-file-missing'],
      ['manifest.json', () => Promise.reject(new TypeError('Failed to fetch')), 'model-file-missing'],
      ['manifest.json', ok('<!doctype html><title>Start page</title>'), 'engine-load-failed'],
      ['model.gguf', () => Promise.resolve(new Response('', { status: 500 })), 'model-file-missing'],
      ['model.gguf', ok('<!doctype html>'), 'engine-load-failed'],
      ['model.gguf', ok(weights.slice(0, 1_000_000)), 'engine-load-failed'],
      ['model.gguf', ok(new Blob([weights.slice(0, weights.size - 1), 'x'])), 'engine-load-failed'],
      [
        'model.gguf',
        ok(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new Uint8Array(1000));
              controller.error(new TypeError('network error'));
            },
          }),
        ),
        'model-file-missing',
      ],
    ];
    for (const [name, answer, kind] of wrong) {
      serve(name, answer);
      await expect(load(own), `${name}: ${kind}`).rejects.toMatchObject({ failure: { kind } });
    }
    vi.stubGlobal('fetch', original);
    const steps: number[] = [];
    const model = await own.load('built-in', never, ({ done }) => steps.push(done));
    expect(steps.at(-1)).toBe(manifest.bytes);
    expect(await load(own)).toBe(model);
    expect((await model.complete(ask(list('Sing a song.')), never)).text).not.toBe('');
    await own.unload();
    await expect(model.complete(ask(list('Sing a song.')), never)).rejects.toBeInstanceOf(AppError);
  });

  it('can be stopped at any point of a load', async () => {
    const own = host();
    for (const label of ['Reading the model', 'Starting the model']) {
      const controller = new AbortController();
      const loading = own.load('built-in', controller.signal, (progress) => {
        if (progress.label === label) controller.abort();
      });
      await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    }
    await load(own);
    await own.unload();
  });

  it('says when there is no WebAssembly', async () => {
    const original = WebAssembly;
    vi.stubGlobal('WebAssembly', undefined);
    await expect(load(host())).rejects.toMatchObject({
      failure: { kind: 'webassembly-missing' },
    });
    vi.stubGlobal('WebAssembly', original);
  });
});
