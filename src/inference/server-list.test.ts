import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAiServer, whole } from '../testing/openai-server';
import { type MemorySettings, memorySettings } from '../testing/memory-settings';
import { ServerList } from './server-list';

const never = new AbortController().signal;
const SECRET = 'sk-very-secret';
let settings: MemorySettings;
let servers: ServerList;
const open = (): ServerList => new ServerList(settings);
const server = (model: string, url = 'http://localhost:11434/v1') =>
  ({ url, model, style: 'base', parallel: 16, contextLength: 4096 }) as const;

beforeEach(() => {
  settings = memorySettings();
  servers = open();
});

describe('known servers', () => {
  it('are kept over reloads, changed under their id, and removed', async () => {
    let told = 0;
    const stop = servers.watch(() => told++);
    const id = await servers.save(server('a'));
    await servers.save(server('b'));
    expect(await servers.save({ ...server('a'), parallel: 3 })).toBe(id);
    expect(await open().list()).toEqual([server('b'), { ...server('a'), parallel: 3 }]);
    expect((await open().models()).map(({ name, host }) => [name, host])).toEqual([
      ['b', 'localhost:11434'],
      ['a', 'localhost:11434'],
    ]);
    await servers.remove(id);
    expect(await open().list()).toEqual([server('b')]);
    expect(told).toBe(4);
    stop();
    await servers.remove('server-00000000');
    expect(told).toBe(4);
  });

  it('have keys in memory alone, by address', async () => {
    const id = await servers.save(server('a'));
    servers.setKey(server('a').url, ` ${SECRET} `);
    const other = await servers.save(server('b'));
    expect(servers.key(server('b').url)).toBe(SECRET);
    expect(JSON.stringify([...settings.kept]) + JSON.stringify(servers)).not.toContain(SECRET);
    expect(open().key(server('a').url)).toBeNull();
    await servers.remove(id);
    expect(servers.key(server('a').url)).toBe(SECRET);
    await servers.remove(other);
    expect(servers.key(server('a').url)).toBeNull();
    servers.setKey('u', SECRET);
    servers.setKey('u', null);
    expect(servers.key('u')).toBeNull();
  });
});

describe('asking a server', () => {
  let real: OpenAiServer;
  beforeEach(async () => {
    real = await OpenAiServer.open(whole({ data: [{ id: 'tiny', max_model_len: 2048 }] }));
  });
  afterEach(() => real.close());

  it('gives its address as it is used, and its models', async () => {
    servers.setKey(real.url, SECRET);
    const typed = real.url.replace('http://', '').replace('/v1', '/');
    expect(await servers.ask(typed, never)).toEqual({
      url: real.url,
      models: [{ id: 'tiny', contextLength: 2048 }],
    });
    expect(real.asked[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    await expect(servers.ask('ftp://host', never)).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
    expect(real.asked).toHaveLength(1);
  });
});
