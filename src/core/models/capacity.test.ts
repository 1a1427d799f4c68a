import { describe, expect, it } from 'vitest';
import { gainsFromGpu, llamaSlots, requestsInFlight } from './capacity';
import { SERVER_CONTEXT, knownServers, serverId, serverInfo } from './known-server';

describe('requests in flight', () => {
  it('follow engine and size', () => {
    expect(requestsInFlight({ engine: 'web-llm', bytes: 1 })).toBe(1);
    expect(requestsInFlight({ engine: 'llama.cpp', bytes: 6_432_096 })).toBe(4);
    expect(requestsInFlight({ engine: 'llama.cpp', bytes: 145_000_000 })).toBe(2);
    expect(requestsInFlight({ engine: 'llama.cpp', bytes: 900_000_000 })).toBe(1);
    expect(requestsInFlight({ engine: 'llama.cpp', bytes: null })).toBe(1);
    expect(requestsInFlight({ engine: 'server', bytes: null })).toBe(16);
    expect(requestsInFlight({ engine: 'server', bytes: null, parallel: 40 })).toBe(40);
  });
  it('never grow with the model', () => {
    const slots = [0, 1e6, 64e6, 65e6, 512e6, 513e6, 4e9].map((bytes) => llamaSlots(bytes));
    expect([...slots].sort((a, b) => b - a)).toEqual(slots);
  });
  it('follow from the size alone, wherever a GGUF model is computed; small ones stay on the CPU', () => {
    expect([6_432_096, 128e6, 129e6, null].map(gainsFromGpu)).toEqual([false, false, true, true]);
  });
});

describe('a known server', () => {
  const server = {
    url: 'https://gpu.example.org/v1',
    model: 'Qwen2.5-7B',
    style: 'base',
    parallel: 64,
    contextLength: 8192,
  } as const;
  it('has an id of its address, model and style alone', () => {
    const id = serverId(server);
    expect(id).toMatch(/^server-[0-9a-f]{8}$/u);
    expect(serverId({ ...server, style: 'instruct' })).not.toBe(id);
    expect(serverId({ ...server, model: 'other' })).not.toBe(id);
    expect(serverInfo({ ...server, parallel: 2, contextLength: 64 }).id).toBe(id);
  });
  it('is named by its model; its host stands apart', () =>
    expect(serverInfo(server)).toMatchObject({
      name: 'Qwen2.5-7B',
      host: 'gpu.example.org',
      hash: '',
      parallel: 64,
    }));
  it('is read from settings that may hold anything', () => {
    expect(knownServers(undefined)).toEqual([]);
    expect(knownServers('x')).toEqual([]);
    const bad = [null, 1, {}, { ...server, url: 'javascript:alert(1)' }, { ...server, model: '' }];
    expect(knownServers([...bad, server])).toEqual([server]);
    expect(knownServers([{ ...server, parallel: 1e9, contextLength: -1, key: 'secret' }])).toEqual([
      { ...server, parallel: 16, contextLength: SERVER_CONTEXT },
    ]);
  });
});
