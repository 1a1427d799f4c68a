import { describe, expect, it } from 'vitest';
import type { Services } from '../../app/services';
import { EVERY_TASK, type PoolFilter } from '../../core/pool-filter';
import type { SettingStore } from '../../core/ports';
import { memorySettings, type MemorySettings } from '../../testing/memory-settings';
import { NamedFilters } from './named-filters.svelte';

const KEY = 'task-filters';
const tab = (store: SettingStore): NamedFilters =>
  new NamedFilters({ services: { store } as unknown as Services });
const namesIn = ({ kept }: MemorySettings): readonly string[] =>
  (kept.get(KEY) as readonly { readonly name: string }[]).map(({ name }) => name);
const seeds: PoolFilter = { ...EVERY_TASK, origin: 'seed' };

describe('filters with names', () => {
  it('are kept beside those that are stored, although this tab has not read them', async () => {
    const store = memorySettings();
    await tab(store).keep('b', seeds);
    const unread = tab({ ...store, setting: () => Promise.reject(new Error('broken')) });
    expect(await unread.keep('a', EVERY_TASK)).toBeNull();
    expect(namesIn(store)).toEqual(['a', 'b']);
    expect(unread.all.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await unread.remove('b')).toEqual(seeds);
    expect(namesIn(store)).toEqual(['a']);
  });
  it('are taken back alone, whatever another tab kept meanwhile', async () => {
    const store = memorySettings();
    const [here, there] = [tab(store), tab(store)];
    await here.keep('a', seeds);
    expect(await here.keep('a', EVERY_TASK)).toEqual(seeds);
    await there.keep('b', EVERY_TASK);
    await here.keep('a', seeds);
    expect(there.get('a')?.filter).toEqual(seeds);
    await here.remove('a');
    expect(namesIn(store)).toEqual(['b']);
    expect(await here.remove('a')).toBeNull();
  });
  it('are known as they were last, although another tab deleted them', async () => {
    const store = memorySettings();
    const [here, there] = [tab(store), tab(store)];
    await here.keep('a', EVERY_TASK);
    await there.keep('a', seeds);
    await expect.poll(() => here.get('a')?.filter).toEqual(seeds);
    await there.remove('a');
    await expect.poll(() => here.get('a')).toBeNull();
    expect(here.known('a')?.filter).toEqual(seeds);
    expect([here.known(null), here.known('b')]).toEqual([null, null]);
  });
});
