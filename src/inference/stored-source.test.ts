/** Where GGUF models are computed: scripted engines on the CPU and on a GPU with one fault after the other. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError, type Failure } from '../core/errors';
import type { AnswerPlace } from '../core/models/answer-places';
import type { GpuFacts } from '../core/models/device-report';
import type { StoredModel } from '../core/models/stored-model';
import type { Completion, CompletionRequest } from '../core/ports';
import { GREEDY } from '../core/run';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import { GpuTrust } from './gpu-trust';
import { gpuFacts } from '../testing/gpu-facts';
import { memorySettings } from '../testing/memory-settings';
import type { LlamaInfo } from './llama.worker';
import type { LlamaCalls } from './llama-connection';
import type { OpenModel } from './model-source';
import { StoredSource } from './stored-source';

const never = new AbortController().signal;
const INTEL = gpuFacts();
const LARGE: StoredModel = {
  id: 'large',
  name: 'Large',
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: 400_000_000,
  contextLength: 2_048,
  licence: null,
  hash: 'aa',
  files: [{ name: 'model.gguf', bytes: 400_000_000, sha256: 'aa' }],
  source: 'large.gguf',
  storedAt: 1,
};
const SMALL: StoredModel = { ...LARGE, id: 'small', bytes: 6_000_000, hash: 'bb' };
const FOREIGN: StoredModel = { ...SMALL, id: 'foreign', engine: 'web-llm' };
const REQUEST: CompletionRequest = { prompt: 'Task 1:', maxTokens: 8, ...GREEDY, stop: [], seed: 1 };
const LOST: Failure = { kind: 'device-lost', detail: 'ggml_webgpu: Device lost!' };

const places = (...tokens: number[]): AnswerPlace[] =>
  tokens.map((token) => ({ token, likely: [{ token, probability: 0.9 }] }));
const RIGHT = places(1, 2, 3);

/** What the GPU does in a load: fails, is left out by llama.cpp, answers so, or never comes back. */
type Load = Failure | 'left out' | 'hangs' | readonly AnswerPlace[];

class Device {
  gpu: GpuFacts | null = INTEL;
  readonly settings = memorySettings();
  /** Of the GPU, one after the other; the last one for all that follow. */
  loads: Load[] = [RIGHT];
  /** Failures of the next requests there. */
  readonly faults: Failure[] = [];
  cpuAnswer: Load = RIGHT;
  /** Whether our own engine takes the file. */
  own = false;
  /** Seconds of each request, by a clock that the test turns. */
  seconds = 0;
  readonly events: string[] = [];
  readonly options: WllamaLoadOptions[] = [];
  #loads = 0;

  page(): { readonly trust: GpuTrust; readonly source: StoredSource } {
    const trust = new GpuTrust(this.settings, () => Promise.resolve(this.gpu), 'llama.cpp 1');
    const store = {
      list: () => Promise.resolve([LARGE, SMALL]),
      get: (id: string) => Promise.resolve([LARGE, SMALL, FOREIGN].find((model) => model.id === id)),
      file: () => Promise.resolve(new File(['GGUF'], 'model.gguf')),
    };
    return { trust, source: new StoredSource(store, 4, trust, () => this.#connect()) };
  }

  async open(model = LARGE, signal = never, labels: string[] = []): Promise<OpenModel> {
    return this.page().source.open(model, signal, ({ label }) => labels.push(label));
  }

  #connect(): LlamaCalls {
    let there = false;
    let dead = false;
    const load = async (options: WllamaLoadOptions, what: string): Promise<LlamaInfo> => {
      there = options.onGpu;
      this.options.push(options);
      this.events.push(`${what} ${there ? 'GPU' : 'CPU'}`);
      const found = there
        ? (this.loads[Math.min(this.#loads++, this.loads.length - 1)] ?? RIGHT)
        : this.cpuAnswer;
      if (found === 'hangs') return new Promise(() => undefined);
      if (typeof found === 'object' && 'kind' in found) throw new AppError(found);
      return {
        own: this.own,
        contextLength: 2_048,
        parallel: options.parallel,
        threads: options.threads,
        gpu: there && found !== 'left out' ? 'intel gen-12lp' : null,
        bytesPerToken: 1,
        places: found === 'left out' ? RIGHT : found,
      };
    };
    return {
      get dead() {
        return dead;
      },
      load: (_file, options) => load(options, 'load'),
      compare: (_file, options) => load(options, 'compare'),
      complete: (_request, _signal, onText) => {
        const fault = there ? this.faults.shift() : undefined;
        if (fault) return Promise.reject(new AppError(fault));
        if (this.seconds > 0) vi.advanceTimersByTime(1000 * this.seconds);
        onText(' yes');
        return Promise.resolve<Completion>({
          text: ' yes',
          finishReason: 'stop',
          promptTokens: 3,
          cachedTokens: 0,
          completionTokens: 1,
        });
      },
      choose: () => Promise.resolve({ probabilities: [1, 0], promptTokens: 3, cachedTokens: 0 }),
      likelihood: () => Promise.resolve({ logProbability: -1, tokens: 1, promptTokens: 3, cachedTokens: 0 }),
      terminate: () => {
        if (!dead) this.events.push(`end ${there ? 'GPU' : 'CPU'}`);
        dead = true;
      },
    };
  }
}
let device: Device;
beforeEach(() => {
  device = new Device();
  vi.stubGlobal('location', { href: 'https://app.invalid/' });
});
afterEach(() => vi.unstubAllGlobals());

it('asks the CPU once, then loads on the GPU with one slot and compares', async () => {
  const labels: string[] = [];
  const model = await device.open(LARGE, never, labels);
  expect(device.events).toEqual(['compare CPU', 'end CPU', 'compare GPU']);
  expect(device.options.map(({ onGpu, parallel }) => [onGpu, parallel])).toEqual([
    [false, 1],
    [true, 1],
  ]);
  expect(model).toMatchObject({ device: 'GPU, intel gen-12lp', parallel: 1, notes: [] });
  expect(labels).toEqual([
    'Running a test on the CPU first, for comparison (only once)',
    'Starting the model on the GPU',
  ]);
  expect((await model.complete(REQUEST, never)).text).toBe(' yes');

  device.events.length = 0;
  await device.open();
  expect(device.events).toEqual(['compare GPU']);
});

it('lists where each model is computed, and leaves the small ones to the CPU', async () => {
  const there = async (): Promise<(boolean | undefined)[]> =>
    (await device.page().source.list()).map(({ onGpu }) => onGpu);
  expect(await there()).toEqual([true, undefined]);
  const model = await device.open(SMALL);
  expect(model).toMatchObject({ device: 'CPU, 2 threads', parallel: 4, notes: [] });
  expect(device.events).toEqual(['load CPU']);
  await device.page().trust.setOn(false);
  expect(await there()).toEqual([undefined, undefined]);
  await device.page().trust.setOn(true);
  device.gpu = null;
  expect(await there()).toEqual([undefined, undefined]);
});

it('finds one model by its id as the list gives it, and none of another engine', async () => {
  const { source } = device.page();
  expect([await source.find('large'), await source.find('small')]).toEqual(await source.list());
  expect([await source.find('foreign'), await source.find('server-1')]).toEqual([null, null]);
});

it('stays on the CPU, with its slots and without a note, where a person wants that or there is nothing else', async () => {
  await device.page().trust.setOn(false);
  const model = await device.open();
  expect(model).toMatchObject({ device: 'CPU, 2 threads', parallel: 2, notes: [] });
  await device.page().trust.setOn(true);
  device.gpu = null;
  await device.open();
  expect(device.events).toEqual(['load CPU', 'load CPU']);
});

it.each<[string, Load, string, boolean]>([
  ['answers otherwise', places(9, 9, 9), 'did not give the same results as the CPU', true],
  ['does not answer', { kind: 'engine-timeout', seconds: 120 }, 'did not respond', true],
  ['has too little memory', { kind: 'out-of-memory', detail: '' }, 'has too little free memory', false],
  ['is lost', LOST, 'could not run this model', false],
  ['is left out by llama.cpp', 'left out', 'could not run this model', false],
  ['refuses', { kind: 'engine-load-failed', model: '', detail: '' }, 'could not run this model', false],
])('goes to the CPU with a note when the GPU %s', async (_, load, note, lasting) => {
  device.loads = [load];
  const model = await device.open();
  expect(device.events).toEqual(['compare CPU', 'end CPU', 'compare GPU', 'end GPU', 'load CPU']);
  expect(model).toMatchObject({ device: 'CPU, 2 threads', parallel: 2 });
  expect(model.notes).toHaveLength(1);
  expect(model.notes?.[0]).toContain(note);
  expect((await model.complete(REQUEST, never)).text).toBe(' yes');

  // What only takes time, or lies, is not tried at each load; the rest may be better now.
  device.events.length = 0;
  device.loads = [RIGHT];
  const again = await device.open();
  expect(device.events).toEqual(lasting ? ['load CPU'] : ['compare GPU']);
  if (lasting) expect(again.notes?.[0]).toContain('failed on the GPU before');
  expect((await device.page().source.list())[0]?.onGpu).toBe(lasting ? undefined : true);
  await device.page().trust.setOn(true);
  expect((await device.open()).device).toBe('GPU, intel gen-12lp');
});

it('uses a model that cannot answer the question, but does not trust a GPU with it', async () => {
  device.cpuAnswer = { kind: 'engine-failed', detail: 'no whole text' };
  const opened = device.open();
  // The load itself works.
  await expect(opened).rejects.toMatchObject({ failure: { kind: 'engine-failed' } });
  expect(device.events).toEqual(['compare CPU', 'end CPU', 'load CPU', 'end CPU']);
});

it('does not hide that a file is no model', async () => {
  device.cpuAnswer = { kind: 'bad-file', detail: 'cut' };
  await expect(device.open()).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
  expect(device.events).toEqual(['compare CPU', 'end CPU']);
  device.cpuAnswer = RIGHT;
  expect((await device.open()).device).toContain('GPU');
});

it.each<['CPU' | 'GPU']>([['CPU'], ['GPU']])(
  'can be stopped while the %s is asked, with nothing left open or held against it',
  async (where) => {
    if (where === 'CPU') device.cpuAnswer = 'hangs';
    else device.loads = ['hangs'];
    const controller = new AbortController();
    const opened = device.open(LARGE, controller.signal);
    await expect.poll(() => device.events.at(-1)).toMatch(/^compare/u);
    if (where !== 'CPU') await expect.poll(() => device.events.at(-1)).toBe('compare GPU');
    controller.abort();
    await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
    expect(device.events.at(-1)).toMatch(/^end/u);
    device.cpuAnswer = RIGHT;
    device.loads = [RIGHT];
    expect((await device.open()).notes).toEqual([]);
  },
);

it('answers a request again after one failure there, and on the CPU after two', async () => {
  const model = await device.open();
  const retries: string[] = [];
  const listener = { text: () => undefined, retry: (detail: string) => retries.push(detail) };
  device.events.length = 0;
  device.faults.push(LOST);
  expect((await model.complete(REQUEST, never, listener)).text).toBe(' yes');
  expect(retries).toEqual(['device-lost']);
  expect(device.events).toEqual(['end GPU', 'compare GPU']);
  expect(model).toMatchObject({ device: 'GPU, intel gen-12lp', notes: [] });

  device.events.length = 0;
  device.faults.push(LOST);
  expect((await model.complete(REQUEST, never, listener)).text).toBe(' yes');
  expect(device.events).toEqual(['end GPU', 'load CPU']);
  expect(model.device).toBe('CPU, 2 threads');
  expect(model.notes).toEqual([
    'The GPU failed, so the model now runs on the CPU. It is slower; nothing was lost.',
  ]);
});

it('forgets a failure after fifty answers', async () => {
  const model = await device.open();
  for (let round = 0; round < 3; round++) {
    device.faults.push(LOST);
    for (let i = 0; i < 60; i++) await model.complete(REQUEST, never);
  }
  expect(model).toMatchObject({ device: 'GPU, intel gen-12lp', notes: [] });
});

it('goes on with the CPU at once when it answers otherwise after a failure', async () => {
  device.loads = [RIGHT, places(9, 9, 9)];
  const model = await device.open();
  device.events.length = 0;
  device.faults.push(LOST);
  expect((await model.complete(REQUEST, never)).text).toBe(' yes');
  expect(device.events).toEqual(['end GPU', 'compare GPU', 'end GPU', 'load CPU']);
  expect(model.device).toBe('CPU, 2 threads');
  expect(model.notes).toHaveLength(1);
});

it.each([true, false])(
  'looks for another number of threads when it became slow; own engine: %s',
  async (own) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    device.gpu = null;
    device.own = own;
    const model = await device.open();
    device.events.length = 0;
    for (const seconds of [1, 1, 1, 1, 1, 1, 120, 120, 120, 120, 120, 120, 120]) {
      device.seconds = seconds;
      await model.complete(REQUEST, never);
    }
    vi.useRealTimers();
    // Our own engine would only forget what it has kept.
    expect(device.events).toEqual(own ? [] : ['end CPU', 'load CPU']);
  },
);

it('tells probabilities where our own engine takes the file', async () => {
  device.gpu = null;
  expect(typeof (await device.open()).likelihood).toBe('undefined');
  device.own = true;
  const model = await device.open();
  expect(await model.likelihood?.(REQUEST, ' yes', never)).toMatchObject({ logProbability: -1 });
  expect((await model.choose?.(REQUEST, ['Yes', 'No'], never))?.probabilities).toEqual([1, 0]);
});
