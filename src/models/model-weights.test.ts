import { expect, it } from 'vitest';
import { requestsInFlight } from '../core/models/capacity';
import { ADAPTER_WEIGHTS_FILE, GGUF_FILE, type StoredModel } from '../core/models/stored-model';
import { MemoryModelStore } from '../testing/memory-model-store';
import { adaptersOf, ggufOf, hasLlamaFiles, isGguf } from './model-weights';

const never = new AbortController().signal;
const MODEL = {
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  contextLength: 512,
  licence: null,
  source: '',
  storedAt: 1,
} as const;

async function put(
  store: MemoryModelStore,
  id: string,
  name: string,
  more: Partial<StoredModel>,
): Promise<StoredModel> {
  const staging = await store.stage(id);
  const { bytes, sha256 } = await staging.write(name, new Blob([id]), {}, never);
  return staging.publish({ ...MODEL, id, name: id, bytes, hash: sha256, ...more });
}
const on = ({ name, hash, bytes }: StoredModel, scale: number): Partial<StoredModel> => ({
  adapter: { base: { name, hash, bytes: bytes ?? 0 }, scale },
});

it('an adapter is loaded with its base, found by its hash whatever its name is now', async () => {
  const store = new MemoryModelStore();
  const first = await put(store, 'base', GGUF_FILE, { bytes: 100_000_000 });
  const tuned = await put(store, 'tuned', ADAPTER_WEIGHTS_FILE, on(first, 2));
  await store.delete('base');
  await put(store, 'again', GGUF_FILE, { hash: first.hash });
  const { gguf, adapters = [] } = await ggufOf(store, tuned);
  expect(await gguf.text()).toBe('again');
  expect(await Promise.all(adapters.map(async ({ file, scale }) => [await file.text(), scale]))).toEqual([
    ['tuned', 2],
  ]);
  // It computes as many requests at once as its base, whatever it takes on disk.
  expect(requestsInFlight(tuned)).toBe(2);
  expect([isGguf(tuned), hasLlamaFiles(tuned)]).toEqual([true, true]);
  expect(adaptersOf(first.hash, await store.list())).toEqual([tuned]);
});

it('an adapter on an adapter brings both, the lower one first', async () => {
  const store = new MemoryModelStore();
  const first = await put(store, 'base', GGUF_FILE, {});
  const second = await put(store, 'tuned', ADAPTER_WEIGHTS_FILE, on(first, 2));
  const third = await put(store, 'tuned again', ADAPTER_WEIGHTS_FILE, on(second, 1));
  const { gguf, adapters = [] } = await ggufOf(store, third);
  expect(await gguf.text()).toBe('base');
  expect(await Promise.all(adapters.map(({ file }) => file.text()))).toEqual(['tuned', 'tuned again']);
});

it('an adapter whose base is gone says which model is missing', async () => {
  const store = new MemoryModelStore();
  const first = await put(store, 'base', GGUF_FILE, { name: 'Small Llama' });
  const tuned = await put(store, 'tuned', ADAPTER_WEIGHTS_FILE, on(first, 2));
  await store.delete('base');
  await expect(ggufOf(store, tuned)).rejects.toMatchObject({
    failure: { kind: 'base-not-here', model: 'tuned', base: 'Small Llama' },
  });
});

it('a model that has no such files is none of them', async () => {
  const store = new MemoryModelStore();
  const foreign = await put(store, 'foreign', 'params_shard_0.bin', { engine: 'web-llm' });
  expect([isGguf(foreign), hasLlamaFiles(foreign)]).toEqual([false, false]);
});
