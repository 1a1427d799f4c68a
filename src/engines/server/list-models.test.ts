import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAiServer, refuse, whole } from '../../testing/openai-server';
import { listModels } from './list-models';

const never = new AbortController().signal;
const SECRET = 'sk-very-secret';
let server: OpenAiServer;
beforeEach(async () => (server = await OpenAiServer.open()));
afterEach(() => server.close());

describe('the list of models', () => {
  it('is read with the contexts that servers tell', async () => {
    server.otherwise = whole({
      object: 'list',
      data: [
        { id: 'a', max_model_len: 32768 },
        { id: 'b' },
        { id: 'c', context_length: 'x', max_context_length: 4096 },
        { id: 7 },
        null,
        { id: 'x'.repeat(501) },
      ],
    });
    expect(await listModels(server.url, SECRET, never)).toEqual([
      { id: 'a', contextLength: 32768 },
      { id: 'b', contextLength: null },
      { id: 'c', contextLength: 4096 },
    ]);
    expect(server.asked[0]!.path).toBe('/v1/models');
    expect(server.asked[0]!.headers.authorization).toBe(`Bearer ${SECRET}`);
  });
  it('that is none says so, and a refusal is told plainly', async () => {
    for (const answer of ['<!doctype html>', '{}', '{"data":5}', '']) {
      server.script.push(whole(answer));
      await expect(listModels(server.url, null, never)).rejects.toMatchObject({
        failure: { kind: 'server-failed', problem: 'not-found' },
      });
    }
    server.otherwise = refuse(401, { error: { message: `no ${SECRET}` } });
    await expect(listModels(server.url, SECRET, never)).rejects.toMatchObject({
      failure: { problem: 'key', detail: 'no (key)' },
    });
  });
});
