import { beforeEach, expect, it } from 'vitest';
import type { ModelInfo, StoredModel } from '../core/models/stored-model';
import { memorySettings } from '../testing/memory-settings';
import { VerifiedModels } from './verified-models';

const HOUR = 60 * 60 * 1000;
const MODEL: StoredModel = {
  id: 'gguf-1',
  name: 'Model',
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: 3,
  contextLength: 512,
  licence: null,
  hash: 'abc',
  files: [{ name: 'model.gguf', bytes: 3, sha256: 'abc' }],
  source: 'model.gguf',
  storedAt: 1_000 * HOUR,
};
const ADAPTER: StoredModel = {
  ...MODEL,
  ...{ id: 'mine', name: 'Mine', hash: 'def' },
  adapter: { base: { name: MODEL.name, hash: MODEL.hash, bytes: 3 }, scale: 2 },
};
const never = new AbortController().signal;
let clock: number;
let checked: number;
let wrong: readonly string[];
let models: VerifiedModels;
beforeEach(() => {
  clock = MODEL.storedAt;
  checked = 0;
  wrong = [];
  const store = {
    get: (id: string) => Promise.resolve([MODEL, ADAPTER].find((model) => model.id === id)),
    list: () => Promise.resolve([MODEL, ADAPTER]),
    check: (id: string) => {
      checked++;
      return Promise.resolve(id === MODEL.id ? wrong : []);
    },
  };
  models = new VerifiedModels(store, memorySettings(), () => clock);
});
const verify = (model: ModelInfo = MODEL): Promise<void> => models.verify(model, never);

it('is done a day after the files were written, and then once a day', async () => {
  await verify();
  clock += 23 * HOUR;
  await verify();
  expect(checked).toBe(0);
  clock += HOUR;
  await verify();
  await verify();
  expect(checked).toBe(1);
  clock += 24 * HOUR;
  await verify();
  expect(checked).toBe(2);
});

it('names damaged files, and again at the next load', async () => {
  clock += 48 * HOUR;
  wrong = ['model.gguf'];
  const failure = { kind: 'model-damaged', model: 'Model', files: ['model.gguf'] };
  await expect(verify()).rejects.toMatchObject({ failure });
  await expect(verify()).rejects.toMatchObject({ failure });
  wrong = [];
  await verify();
  expect(checked).toBe(3);
});

it('is done when the clock was set back, or other weights have the name', async () => {
  clock -= HOUR;
  await verify();
  expect(checked).toBe(1);
  await models.verify({ ...MODEL, hash: 'other' }, never);
  expect(checked).toBe(2);
});

it('leaves models alone that are not stored here', async () => {
  await verify({ ...MODEL, id: 'built-in-1' });
  expect(checked).toBe(0);
});

it('an adapter is as whole as its base', async () => {
  clock += 25 * HOUR;
  await verify(ADAPTER);
  expect(checked).toBe(2);
  clock += 25 * HOUR;
  wrong = ['model.gguf'];
  await expect(verify(ADAPTER)).rejects.toMatchObject({
    failure: { kind: 'model-damaged', model: MODEL.name, files: wrong },
  });
});
