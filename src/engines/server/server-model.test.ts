import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompletionRequest } from '../../core/ports';
import { failureOf } from '../../testing/failure-of';
import { OpenAiServer, cut, events, refuse, silent, stream, whole } from '../../testing/openai-server';
import { ServerModel } from './server-model';

const never = new AbortController().signal;
const request: CompletionRequest = {
  prompt: 'Task 1: Name a bird.\nTask 2:',
  maxTokens: 50,
  temperature: 0.7,
  topP: 0.5,
  frequencyPenalty: 0,
  presencePenalty: 2,
  stop: ['\n\n', '\nTask 9'],
  seed: 4_000_000_000,
};
const SECRET = 'sk-very-secret';

let server: OpenAiServer;
let slept: number[];
let clock: number;
beforeEach(async () => {
  server = await OpenAiServer.open();
  slept = [];
  clock = 0;
});
afterEach(() => server.close());

function model(
  style: 'base' | 'instruct' = 'base',
  more: { key?: string; tickMs?: number; url?: string } = {},
): ServerModel {
  const known = { url: more.url ?? server.url, model: 'tiny', style, parallel: 3, contextLength: 2048 };
  return new ServerModel('server-1', 'tiny', known, () => more.key ?? null, {
    tickMs: more.tickMs ?? 5_000,
    // Waiting is told, not done.
    now: () => clock,
    sleep: (ms) => {
      slept.push(ms);
      const until = clock + ms;
      return new Promise((resolve) =>
        setImmediate(() => {
          clock = Math.max(clock, until);
          resolve();
        }),
      );
    },
  });
}
const body = (index = 0) => server.asked[index]!.body;

describe('a request', () => {
  it('of a base model continues its prompt', async () => {
    const deltas: string[] = [];
    const retry = (): void => expect.unreachable();
    const answer = await model('base').complete(request, never, { text: (d) => deltas.push(d), retry });
    expect(answer).toEqual({
      text: 'fine',
      finishReason: 'stop',
      promptTokens: 7,
      cachedTokens: 0,
      completionTokens: 3,
    });
    expect(deltas.join('')).toBe('fine');
    expect(deltas.length).toBeGreaterThan(1);
    expect(server.asked[0]!.path).toBe('/v1/completions');
    expect(server.asked[0]!.headers.authorization).toBeUndefined();
    expect(server.asked[0]!.headers.cookie).toBeUndefined();
    expect(body()).toEqual({
      model: 'tiny',
      prompt: request.prompt,
      max_tokens: 50,
      temperature: 0.7,
      top_p: 0.5,
      frequency_penalty: 0,
      presence_penalty: 2,
      stop: ['\n\n', '\nTask 9'],
      seed: 4_000_000_000 & 0x7fffffff,
      stream: true,
      stream_options: { include_usage: true },
    });
  });
  it('of an instruct model is a chat: turns where there are some, else the prompt as the user’s', async () => {
    const chat = model('instruct', { key: SECRET });
    expect((await chat.complete(request, never)).text).toBe('fine');
    await chat.complete({ ...request, turns: { system: 'Be short.', user: 'Hello' } }, never);
    await chat.complete({ ...request, turns: { system: '', user: 'Hello' } }, never);
    expect(server.asked.map(({ path }) => path)).toEqual(Array(3).fill('/v1/chat/completions'));
    expect(body(0)['messages']).toEqual([{ role: 'user', content: request.prompt }]);
    expect(body(1)['messages']).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hello' },
    ]);
    expect(body(2)['messages']).toEqual([{ role: 'user', content: 'Hello' }]);
    expect(body(0)).not.toHaveProperty('prompt');
    expect(server.asked[0]!.headers.authorization).toBe(`Bearer ${SECRET}`);
  });
  it('names at most four stops; all of them end the answer, also where a server ignores them', async () => {
    server.otherwise = stream('one two THREE four', { finish: 'length' });
    const stop = ['a#', 'b#', 'c#', 'd#', ' THREE'];
    const shown: string[] = [];
    const answer = await model().complete({ ...request, stop }, never, {
      text: (delta) => shown.push(delta),
      retry: () => undefined,
    });
    expect(body()['stop']).toEqual(['a#', 'b#', 'c#', 'd#']);
    expect(answer).toMatchObject({ text: 'one two', finishReason: 'stop' });
    expect(shown.join('')).toBe('one two');
  });
  it('is left without what the server refuses, and from then on', async () => {
    const complaint = refuse(400, { error: { message: 'Unknown field: stream_options' } });
    server.script.push(complaint, stream('yes', { usage: null }));
    const own = model();
    expect((await own.complete(request, never)).text).toBe('yes');
    await own.complete(request, never);
    expect(server.asked.map((asked) => 'stream_options' in asked.body)).toEqual([true, false, false]);
    expect(slept).toEqual([]);
    expect(own.notes.join(' ')).toContain('does not count tokens');
  });
});

describe('a stream', () => {
  it('may be cut anywhere, in characters and events', async () => {
    const text = 'Größe: 2 €, 🦜 und 日本語';
    for (const pieces of [1, 2, 3, 7, 50]) {
      server.otherwise = stream(text, { pieces });
      expect((await model().complete({ ...request, stop: [] }, never)).text).toBe(text);
    }
  });
  it('gives every text as it is, whatever its pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 400 }),
        async (text, pieces) => {
          server.otherwise = stream(text, { pieces });
          const answer = await model('instruct').complete({ ...request, stop: [] }, never);
          expect(answer.text).toBe(text);
        },
      ),
      { numRuns: 25 },
    );
  });
  it('ends by length, by filter, by its last event alone, or by a reason alone', async () => {
    const cases = [
      [stream('a', { finish: 'length' }), 'length'],
      [stream('a', { finish: 'content_filter' }), 'length'],
      [stream('a', { finish: null }), 'stop'],
      [stream('a', { done: false, usage: null }), 'stop'],
      [stream('a', { finish: 'eos' }), 'stop'],
    ] as const;
    for (const [reply, finishReason] of cases) {
      server.script.push(reply);
      expect(await model().complete(request, never)).toMatchObject({ text: 'a', finishReason });
    }
  });
  it('may be none: one JSON text, a chat in one, or events without their type', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 5 } };
    server.script.push(whole({ choices: [{ text: 'plain\n\nmore', finish_reason: 'stop' }], usage }));
    expect(await model().complete(request, never)).toEqual({
      text: 'plain',
      finishReason: 'stop',
      promptTokens: 9,
      cachedTokens: 5,
      completionTokens: 2,
    });
    server.script.push(whole({ choices: [{ message: { content: 'talk' }, finish_reason: 'length' }] }));
    expect(await model('instruct').complete(request, never)).toMatchObject({
      text: 'talk',
      finishReason: 'length',
      promptTokens: 0,
      completionTokens: 0,
    });
    server.script.push(whole(events('/v1/completions', 'ok'), 'text/plain'));
    expect((await model().complete(request, never)).text).toBe('ok');
  });
  it('that never ends is ended at the limit of tokens', async () => {
    server.otherwise = stream('word '.repeat(2_000), { finish: null, done: false });
    const { text, finishReason } = await model().complete({ ...request, maxTokens: 10 }, never);
    expect(finishReason).toBe('length');
    expect(text.length).toBeLessThan(400);
  });
  it('with hostile values is read as far as it makes sense', async () => {
    const odd = [
      { choices: null },
      { choices: [{ text: 5 }] },
      { choices: [{ text: null, delta: 'x' }] },
      { __proto__: { choices: [{ text: 'no' }] } },
      { usage: { prompt_tokens: -1, completion_tokens: 1.5 } },
      { choices: [{ text: 'good', finish_reason: 'stop' }] },
    ];
    server.script.push(
      whole(odd.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(''), 'text/event-stream'),
    );
    expect(await model().complete(request, never)).toMatchObject({
      text: 'good',
      promptTokens: 0,
      completionTokens: 0,
    });
  });
});

describe('what passes', () => {
  const retries: string[] = [];
  const listener = { text: () => undefined, retry: (detail: string) => retries.push(detail) };
  beforeEach(() => retries.splice(0));

  it('is tried again with growing waits: too many requests, a busy server, an error of its own', async () => {
    server.script.push(refuse(429), refuse(503), refuse(500, '<html>oops'), refuse(502, ''));
    expect((await model().complete(request, never, listener)).text).toBe('fine');
    expect(retries).toHaveLength(4);
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
  });
  it('waits as long as the server asks, in seconds or until a date', async () => {
    server.script.push(refuse(429, {}, { 'retry-after': '7' }));
    await model().complete(request, never);
    server.script.push(refuse(503, {}, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }));
    await model().complete(request, never);
    expect(slept[0]).toBe(7_000);
    expect(slept[1]).toBeGreaterThan(20_000);
    expect(slept[1]).toBeLessThanOrEqual(30_000);
  });
  it('makes all requests rest when the server has too much to do', async () => {
    const own = model();
    let freed: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (freed = resolve));
    server.script.push(refuse(429, {}, { 'retry-after': '9' }), async (asked, response) => {
      await held;
      await stream('late')(asked, response);
    });
    let second: Promise<unknown> = Promise.resolve();
    // The second request comes when the first was refused: it was not refused itself, and rests all the same.
    const first = own.complete(request, never, {
      text: () => undefined,
      retry: () =>
        queueMicrotask(() => {
          second = own.complete(request, never);
        }),
    });
    while (server.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(slept).toEqual([9_000, 9_000]);
    freed();
    await Promise.all([first, second]);
  });
  it('is given up when the server asks for more than two minutes', async () => {
    server.otherwise = refuse(429, { error: { message: 'daily limit' } }, { 'retry-after': '7200' });
    expect(await failureOf(model().complete(request, never, listener))).toMatchObject({
      problem: 'busy',
      status: 429,
      detail: 'daily limit',
    });
    expect(server.asked).toHaveLength(1);
  });
  it('is given up after six tries', async () => {
    server.otherwise = refuse(503);
    expect(await failureOf(model().complete(request, never, listener))).toMatchObject({
      kind: 'server-failed',
      problem: 'busy',
      status: 503,
    });
    expect(server.asked).toHaveLength(6);
    expect(retries).toHaveLength(5);
  });
  it('a stream that breaks off, has an error inside or is no stream at all', async () => {
    const inside = `${events('/v1/completions', 'abc', { finish: null, done: false })}data: {"error":{"message":"CUDA"}}\n\n`;
    server.script.push(
      cut('half an answ'),
      whole(inside, 'text/event-stream'),
      whole('data: {"choices":[{"te\n\n', 'text/event-stream'),
      whole('<!doctype html><title>Sign in</title>', 'text/html'),
      whole('', 'text/event-stream'),
    );
    expect((await model().complete(request, never, listener)).text).toBe('fine');
    expect(retries).toEqual(Array(5).fill('server-failed'));
  });
  it('garbage for ever is told', async () => {
    server.otherwise = whole('<!doctype html><title>Sign in</title>', 'text/html');
    expect(await failureOf(model().complete(request, never))).toMatchObject({ problem: 'broken' });
    expect(server.asked).toHaveLength(6);
  });
  it('silence, before the first word and after it', async () => {
    server.script.push(
      silent(),
      silent(events('/v1/completions', 'so far', { finish: null, done: false, usage: null })),
    );
    expect((await model('base', { tickMs: 3 }).complete(request, never, listener)).text).toBe('fine');
    expect(retries).toEqual(['engine-timeout', 'engine-timeout']);
  });
});

describe('what does not pass', () => {
  it.each([
    [401, 'key'],
    [403, 'key'],
    [404, 'not-found'],
    [405, 'not-found'],
    [400, 'refused'],
    [422, 'refused'],
  ] as const)('status %i is told at once', async (status, problem) => {
    server.otherwise = refuse(status, { error: { message: 'said the server' } });
    expect(await failureOf(model().complete(request, never))).toEqual({
      kind: 'server-failed',
      url: server.url,
      status,
      problem,
      detail: 'said the server',
    });
    expect(server.asked).toHaveLength(1);
  });
  it('a prompt that is too long, in the words of several servers', async () => {
    const said = [
      { error: { message: "This model's maximum context length is 2048 tokens.", code: 400 } },
      { error: { message: 'too big', code: 'context_length_exceeded' } },
      { object: 'error', message: 'the request exceeds the available context size. try increasing it' },
      { error: 'prompt is too long' },
    ];
    for (const words of said) {
      server.script.push(refuse(400, words));
      expect((await failureOf(model().complete(request, never))).kind).toBe('prompt-too-long');
    }
    server.script.push(
      whole(
        `data: ${JSON.stringify({ error: { message: 'context size exceeded', code: 400 } })}\n\n`,
        'text/event-stream',
      ),
    );
    expect((await failureOf(model().complete(request, never))).kind).toBe('prompt-too-long');
    expect(server.asked).toHaveLength(5);
  });
  it('the key is never repeated, whatever the server says', async () => {
    server.otherwise = refuse(401, { error: { message: `Incorrect key ${SECRET}.` } });
    const own = model('base', { key: SECRET });
    const failure = await failureOf(own.complete(request, never));
    expect(JSON.stringify(failure)).not.toContain(SECRET);
    expect(failure).toMatchObject({ detail: 'Incorrect key (key).' });
    expect(JSON.stringify(own)).not.toContain(SECRET);
  });
  it('long complaints are cut', async () => {
    server.otherwise = refuse(400, 'x'.repeat(1_000_000));
    const failure = await failureOf(model().complete(request, never));
    expect(failure.kind === 'server-failed' && failure.detail.length).toBe(300);
  });
  it('a redirection is not followed: texts go to the named host alone', async () => {
    const other = await OpenAiServer.open();
    server.otherwise = refuse(307, '', { location: `${other.url}/completions` });
    expect(await failureOf(model().complete(request, never))).toMatchObject({ problem: 'unreachable' });
    expect(other.asked).toEqual([]);
    await other.close();
  });
  it('no server at all: at once where there never was one, else after some tries', async () => {
    const gone = await OpenAiServer.open();
    const { url } = gone;
    const own = model('base', { url });
    await own.complete(request, never);
    await gone.close();
    const unreachable = { problem: 'unreachable', status: null, url };
    expect(await failureOf(own.complete(request, never))).toMatchObject(unreachable);
    expect(slept).toEqual([1000, 2000, 4000, 8000, 16000]);
    slept = [];
    expect(await failureOf(model('base', { url }).complete(request, never))).toMatchObject(unreachable);
    expect(slept).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends a request at once, and the connection with it', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    server.otherwise = (asked, response) => {
      response.on('close', () => closed());
      return silent(events(asked.path, 'first', { finish: null, done: false, usage: null }))(asked, response);
    };
    const controller = new AbortController();
    const work = model().complete({ ...request, stop: [] }, controller.signal, {
      text: () => controller.abort(),
      retry: () => expect.unreachable(),
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    await gone;
    await expect(model().complete(request, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.asked).toHaveLength(1);
  });
  it('ends a wait', async () => {
    server.otherwise = refuse(500);
    const controller = new AbortController();
    const known = {
      url: server.url,
      model: 'tiny',
      style: 'base',
      parallel: 1,
      contextLength: 2048,
    } as const;
    const own = new ServerModel('server-1', 'tiny', known, () => null);
    const work = own.complete(request, controller.signal, {
      text: () => undefined,
      retry: () => setImmediate(() => controller.abort()),
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.asked).toHaveLength(1);
  });
  it('ends all requests when the model is let go of', async () => {
    server.otherwise = silent();
    const own = model();
    const works = [own.complete(request, never), own.complete(request, never)];
    while (server.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    own.dispose();
    for (const work of works) await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});
