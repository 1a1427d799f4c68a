import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { GGUF_FILE, type StoredModel } from '../core/models/stored-model';
import type { CompletionRequest } from '../core/ports';
import { MemoryModelStore } from '../testing/memory-model-store';
import { memorySettings } from '../testing/memory-settings';
import { GpuTrust } from './gpu-trust';
import { SourcesHost } from './model-host';
import { StoredSource } from './stored-source';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const never = new AbortController().signal;
const request: CompletionRequest = {
  prompt: 'Here is a list of different tasks.\n\nTask 1: Sing a song.\nTask 2:',
  maxTokens: 12,
  temperature: 0,
  topP: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
  seed: 1,
};
let weights: Blob;
beforeAll(async () => {
  weights = await (await fetch('/models/built-in/model.gguf')).blob();
});

/** The built-in model's file as a model that a person brought along. */
async function storeWith(more: Partial<StoredModel> = {}, file = weights): Promise<MemoryModelStore> {
  const store = new MemoryModelStore();
  const staging = await store.stage('mine');
  const { bytes, sha256 } = await staging.write(GGUF_FILE, file, {}, never);
  await staging.publish({
    id: 'mine',
    name: 'My own',
    engine: 'llama.cpp',
    origin: 'file',
    style: 'base',
    bytes,
    contextLength: 512,
    licence: null,
    hash: sha256,
    source: 'model.gguf',
    storedAt: 1,
    ...more,
  });
  return store;
}
const noGpu = new GpuTrust(memorySettings(), () => Promise.resolve(null), 'llama.cpp');
const hosts: SourcesHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.unload();
});
function hostOf(store: MemoryModelStore): SourcesHost {
  const host = new SourcesHost([new StoredSource(store, 1, noGpu)]);
  hosts.push(host);
  return host;
}
const load = (host: SourcesHost) => host.load('mine', never, () => undefined);

describe('a stored model', () => {
  it('answers from its file: a base model by going on, an instruct model by answering turns', async () => {
    const store = await storeWith();
    const model = await load(hostOf(store));
    expect(model).toMatchObject({ name: 'My own', contextLength: 512, parallel: 4, style: 'base' });
    expect(model.hash).toBe((await store.get('mine'))?.hash);
    const goesOn = await model.complete(request, never);
    expect(goesOn.completionTokens).toBe(12);

    const instruct = await load(hostOf(await storeWith({ style: 'instruct' })));
    const turns = { system: 'Be short.', user: request.prompt };
    const answer = await instruct.complete({ ...request, turns }, never);
    const bare = await instruct.complete(request, never);
    // The layout of a chat takes tokens of its own, and the system text more.
    expect(bare.promptTokens).toBeGreaterThan(goesOn.promptTokens);
    expect(answer.promptTokens).toBeGreaterThan(bare.promptTokens);
    expect(answer.text).not.toBe('');
  });

  it('of another engine or without such a file is not listed', async () => {
    expect(await hostOf(await storeWith({ engine: 'web-llm' })).list()).toEqual([]);
    expect((await hostOf(await storeWith()).list()).map(({ id }) => id)).toEqual(['mine']);
  });

  it('whose file is cut is refused', async () => {
    const cut = weights.slice(0, weights.size - 1);
    await expect(load(hostOf(await storeWith({}, cut)))).rejects.toMatchObject({
      failure: { kind: 'engine-load-failed' },
    });
  });
});
