import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import { ServerList } from '../inference/server-list';
import { MemoryModelStore } from '../testing/memory-model-store';
import { type MemorySettings, memorySettings } from '../testing/memory-settings';
import { ModelChoice } from './model-choice.svelte';
import type { Services } from './services';

const info = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  name: id,
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: 100,
  contextLength: 2048,
  licence: null,
  hash: 'aa',
  ...more,
});
const builtIn = info('built-in-0.1', { origin: 'built-in', contextLength: 512 });

let settings: MemorySettings;
let models: ModelInfo[];
let modelStore: MemoryModelStore;
let full: boolean;
beforeEach(() => {
  settings = memorySettings();
  models = [builtIn, info('mine')];
  modelStore = new MemoryModelStore();
  full = false;
});
function choice(): ModelChoice {
  const store = {
    ...settings,
    saveSetting: (key: string, value: unknown) =>
      full
        ? Promise.reject(new AppError({ kind: 'storage-full', detail: 'full' }))
        : settings.saveSetting(key, value),
  } as unknown as Services['store'];
  const host = { list: () => Promise.resolve(models) } as unknown as Services['models'];
  return new ModelChoice({ store, models: host, modelStore, servers: new ServerList(store) });
}

describe('the choice of a model', () => {
  it('is the built-in one at first, and is kept', async () => {
    const own = choice();
    expect([own.id, own.info]).toEqual(['built-in', null]);
    await own.ready;
    expect(own.info).toEqual(builtIn);
    await own.choose('mine');
    const next = choice();
    await next.ready;
    expect(next.info?.id).toBe('mine');
  });
  it('of the built-in model holds for its later versions', async () => {
    const own = choice();
    await own.ready;
    await own.choose('mine');
    await own.choose('built-in-0.1');
    models = [info('built-in-0.2', { origin: 'built-in' }), info('mine')];
    const next = choice();
    await next.ready;
    expect(next.info?.id).toBe('built-in-0.2');
  });
  it('that is gone is visibly the built-in one, and itself again when it is back', async () => {
    const own = choice();
    await own.ready;
    await own.choose('mine');
    models = [builtIn];
    await own.refresh();
    expect(own.id).toBe('built-in-0.1');
    models = [builtIn, info('mine')];
    await own.refresh();
    expect(own.id).toBe('mine');
  });
  it('holds in this tab when it cannot be stored, and says so', async () => {
    full = true;
    const own = choice();
    await own.ready;
    await own.choose('mine');
    expect(own.info?.id).toBe('mine');
    expect(own.failure).toMatchObject({ kind: 'storage-full' });
  });
  it('sees a model that is stored or renamed', async () => {
    const own = choice();
    await own.ready;
    models = [...models, info('new')];
    await (await modelStore.stage('new')).publish({ ...info('new'), source: 'x', storedAt: 1 });
    await expect.poll(() => own.models.map(({ id }) => id)).toContain('new');
  });
});
