/** Servers whose answers have no end: comments, empty events, thoughts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of';
import { OpenAiServer, endless, events } from '../../testing/openai-server';
import { GREEDY } from '../../core/run';
import { ServerModel } from './server-model';

const never = new AbortController().signal;
const request = { prompt: 'Task 1:', maxTokens: 50, ...GREEDY, stop: [], seed: 1 };

let server: OpenAiServer;
beforeEach(async () => {
  server = await OpenAiServer.open();
});
afterEach(() => server.close());

function model(style: 'base' | 'instruct' = 'base', hooks: { tickMs?: number } = {}): ServerModel {
  const known = { url: server.url, model: 'tiny', style, parallel: 3, contextLength: 2048 };
  return new ServerModel('server-1', 'tiny', known, () => null, { ...hooks, sleep: () => Promise.resolve() });
}

describe('a server that never ends', () => {
  const told = { kind: 'engine-timeout' };
  it('and sends only comments is silent, and that is told', async () => {
    const retries: string[] = [];
    const listener = { text: () => undefined, retry: (why: string) => void retries.push(why) };
    server.otherwise = endless(': still here\n\n');
    expect(await failureOf(model('base', { tickMs: 3 }).complete(request, never, listener))).toMatchObject(
      told,
    );
    expect(retries).toEqual(['engine-timeout', 'engine-timeout']);
  });
  it('and sends only events without text is silent, before the first word and after it', async () => {
    const empty = 'data: {"choices":[{"delta":{"content":""},"text":""}]}\n\n';
    server.otherwise = endless(empty);
    expect(await failureOf(model('base', { tickMs: 3 }).complete(request, never))).toMatchObject(told);
    const begun = events('/v1/chat/completions', 'so far', { finish: null, done: false, usage: null });
    server.otherwise = endless(empty, begun);
    expect(await failureOf(model('instruct', { tickMs: 3 }).complete(request, never))).toMatchObject(told);
  });
  it('and is no stream is told, too', async () => {
    server.otherwise = endless(' ', '{"choices":', 'application/json');
    expect(await failureOf(model('base', { tickMs: 3 }).complete(request, never))).toMatchObject(told);
  });
  it('and thinks for ever is cut at the limit of tokens', async () => {
    const thought = `data: {"choices":[{"delta":{"reasoning_content":"${'Hm. '.repeat(50)}"}}]}\n\n`;
    server.otherwise = endless(thought);
    expect(await model('instruct').complete(request, never)).toMatchObject({
      text: '',
      finishReason: 'length',
    });
  });
  it('after it said how the answer ended has answered', async () => {
    const said = events('/v1/completions', 'all of it', { done: false, usage: null });
    server.otherwise = endless(': still here\n\n', said);
    expect((await model('base', { tickMs: 3 }).complete(request, never)).text).toBe('all of it');
  });
});
