import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../core/errors';
import { isNamed, type ModelInfo } from '../core/models/stored-model';
import { ScriptedModel } from '../testing/scripted-model';
import { memorySettings } from '../testing/memory-settings';
import { BuiltInSource } from './built-in-source';
import { SourcesHost } from './model-host';
import type { ModelSource, OpenModel } from './model-source';
import { ServerList } from './server-list';
import { ServerSource } from './server-source';

const never = new AbortController().signal;
const info = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  name: id,
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: 1,
  contextLength: 512,
  licence: null,
  hash: 'aa',
  ...more,
});
const builtIn = info('built-in-0.1', { origin: 'built-in' });

/** Models that tell when they are opened and let go of. */
class Source implements ModelSource {
  readonly events: string[] = [];
  failure: AppError | null = null;
  constructor(public models: readonly ModelInfo[]) {}
  list(): Promise<readonly ModelInfo[]> {
    return this.#read();
  }
  async find(id: string): Promise<ModelInfo | null> {
    return (await this.#read()).find((model) => isNamed(model, id)) ?? null;
  }
  #read(): Promise<readonly ModelInfo[]> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.models);
  }
  async open({ id, name, hash }: ModelInfo, signal: AbortSignal): Promise<OpenModel> {
    this.events.push(`open ${id}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal.throwIfAborted();
    return Object.assign(new ScriptedModel({ named: { id, name, hash } }), {
      dispose: () => void this.events.push(`free ${id}`),
    });
  }
}
const nothing = (): void => undefined;

describe('the host of all models', () => {
  it('lists them source by source, and leaves out a source that cannot be read', async () => {
    const broken = new Source([]);
    broken.failure = new AppError({ kind: 'storage-unavailable', detail: 'closed' });
    const host = new SourcesHost([new Source([builtIn]), broken, new Source([info('a'), info('b')])]);
    expect((await host.list()).map(({ id }) => id)).toEqual(['built-in-0.1', 'a', 'b']);
  });

  it('opens a model without listing any source, also when another one cannot list', async () => {
    const sources = [new Source([builtIn]), new Source([info('a')]), new Source([info('b')])];
    for (const source of sources) source.list = () => Promise.reject(new Error('listed'));
    const host = new SourcesHost(sources);
    expect((await host.load('b', never, nothing)).id).toBe('b');
    expect(await host.find('built-in')).toEqual(builtIn);
    expect(sources.map(({ events }) => events)).toEqual([[], [], ['open b']]);
  });

  it('keeps one resident: the same again is handed out, another frees it first', async () => {
    const source = new Source([builtIn, info('a')]);
    const host = new SourcesHost([source]);
    const first = await host.load('built-in', never, nothing);
    expect(first.id).toBe('built-in-0.1');
    expect(await host.load('built-in-0.1', never, nothing)).toBe(first);
    expect((await host.load('a', never, nothing)).id).toBe('a');
    await host.unload();
    await host.unload();
    expect(source.events).toEqual(['open built-in-0.1', 'free built-in-0.1', 'open a', 'free a']);
  });

  it('opens a model anew when its settings or its weights changed', async () => {
    const source = new Source([info('s', { parallel: 4 })]);
    const host = new SourcesHost([source]);
    await host.load('s', never, nothing);
    source.models = [info('s', { parallel: 8 })];
    await host.load('s', never, nothing);
    source.models = [info('s', { parallel: 8, hash: 'bb' })];
    expect((await host.load('s', never, nothing)).hash).toBe('bb');
    expect(source.events).toEqual(['open s', 'free s', 'open s', 'free s', 'open s']);
  });

  it('loads one after the other, and never holds two', async () => {
    const source = new Source([info('a'), info('b')]);
    const host = new SourcesHost([source]);
    const both = await Promise.all([host.load('a', never, nothing), host.load('b', never, nothing)]);
    expect(both.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(source.events).toEqual(['open a', 'free a', 'open b']);
  });

  it('lets go of a load that is stopped, and of one that waits for it', async () => {
    const source = new Source([info('a'), info('b')]);
    const host = new SourcesHost([source]);
    const controller = new AbortController();
    const loads = [host.load('a', controller.signal, nothing), host.load('b', controller.signal, nothing)];
    controller.abort();
    for (const load of loads) await expect(load).rejects.toMatchObject({ name: 'AbortError' });
    expect((await host.load('b', never, nothing)).id).toBe('b');
    expect(source.events).not.toContain('free a');
  });

  it('says that a model is gone; a source that cannot be read is blamed only then', async () => {
    const broken = new Source([]);
    const host = new SourcesHost([broken, new Source([info('a')])]);
    await expect(host.load('x', never, nothing)).rejects.toMatchObject({
      failure: { kind: 'model-not-here', model: 'x' },
    });
    broken.failure = new AppError({ kind: 'storage-unavailable', detail: 'closed' });
    expect((await host.load('a', never, nothing)).id).toBe('a');
    await expect(host.load('x', never, nothing)).rejects.toMatchObject({
      failure: { kind: 'storage-unavailable' },
    });
  });
});

describe('a source that knows its models by the form of their ids', () => {
  it('reads nothing for the id of another source', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new Error('fetched')));
    const setting = (): Promise<never> => Promise.reject(new Error('read'));
    const servers = new ServerSource(new ServerList({ ...memorySettings(), setting }));
    const own = new BuiltInSource('/models/', 1);
    expect([await own.find('server-00000001'), await own.find('gguf-1')]).toEqual([null, null]);
    expect([await servers.find('built-in'), await servers.find('gguf-1')]).toEqual([null, null]);
    await expect(own.find('built-in')).rejects.toMatchObject({ failure: { kind: 'model-file-missing' } });
    await expect(servers.find('server-00000001')).rejects.toThrow('read');
    vi.unstubAllGlobals();
  });
});
