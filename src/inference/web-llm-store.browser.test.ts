import * as webLlm from '@mlc-ai/web-llm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GGUF_FILE, type StoredModel } from '../core/models/stored-model';
import { CATALOGUE, LIBRARY_IMPORTS } from '../models/catalogue';
import { Downloader, type DownloadNote } from '../models/download';
import { fetchGguf, storeGguf } from '../models/gguf-files';
import {
  checkMlcFolder,
  fetchMlcModel,
  type FolderFile,
  mlcFolderFiles,
  planMlcDownload,
  storeMlcFolder,
} from '../models/mlc-models';
import { OpfsModelStore } from '../models/opfs-model-store';
import { Connection } from '../storage/connection';
import { complaint } from '../testing/complaint';
import { deleteDatabase } from '../testing/raw-database';
import { linkingLibrary, tinyMlcFolder } from '../testing/tiny-mlc';
import { zipOf } from '../testing/zip-files';
import { filesOfZip } from '../models/zip-folder';
import { workOnModelFiles } from '../workers/model-file-client';

const never = new AbortController().signal;
const library = linkingLibrary([...LIBRARY_IMPORTS]);
const connections: Connection[] = [];

function openStore(): OpfsModelStore {
  const connection = new Connection();
  connections.push(connection);
  return new OpfsModelStore(connection, workOnModelFiles);
}
async function install(store: OpfsModelStore, files: readonly FolderFile[]): Promise<StoredModel> {
  return storeMlcFolder(store, await checkMlcFolder(files, 'tiny'), 1, never, () => undefined);
}
const appConfig = ({ id, webLlm: place }: StoredModel): webLlm.AppConfig => ({
  cacheBackend: 'cache',
  model_list: [{ model_id: id, model: place?.model ?? '', model_lib: place?.library ?? '' }],
});
async function cached(): Promise<string[]> {
  const found: string[] = [];
  for (const scope of await caches.keys()) {
    for (const { url } of await (await caches.open(scope)).keys()) found.push(`${scope} ${url}`);
  }
  return found.sort();
}
const replaced = (files: readonly FolderFile[], end: string, file: Blob | null): FolderFile[] =>
  files.flatMap((one) => {
    if (!one.name.endsWith(end)) return [one];
    return file ? [{ name: one.name, file }] : [];
  });

async function clear(): Promise<void> {
  for (const connection of connections.splice(0)) connection.close();
  await deleteDatabase();
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  for (const scope of await caches.keys()) await caches.delete(scope);
}
beforeEach(clear);
afterEach(clear);

it('what is installed from a folder is there for web-llm, without a network', async () => {
  const store = openStore();
  const model = await install(store, tinyMlcFolder(library));
  const config = appConfig(model);
  expect(model).toMatchObject({ engine: 'web-llm', contextLength: 256, style: 'base', origin: 'file' });
  expect(await webLlm.hasModelInCache(model.id, config)).toBe(true);
  expect(await store.list()).toEqual([model]);
  expect(await store.unfinished()).toEqual([]);
  expect(await store.check(model.id, never, () => undefined)).toEqual([]);
  // The addresses do not exist: whatever the engine did not find in the cache would fail to be fetched.
  const engine = new webLlm.MLCEngine({ appConfig: config, logLevel: 'SILENT' });
  const requests: string[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    requests.push(input instanceof Request ? input.url : input.toString());
    return real(input, init);
  };
  const error: unknown = await engine.reload(model.id).catch((thrown: unknown) => thrown);
  globalThis.fetch = real;
  expect(requests).toEqual([]);
  // All its imports are offered; what fails is that nothing lies behind them.
  expect(error).not.toBeInstanceOf(WebAssembly.LinkError);
  expect(String(error)).not.toMatch(/import/iu);
});

it('what the library cannot import fails in web-llm too', async () => {
  const store = openStore();
  const [first] = LIBRARY_IMPORTS;
  const foreign = linkingLibrary([first ?? '', 'env.TVMsomethingNew']);
  expect(await complaint(install(store, tinyMlcFolder(foreign)))).toContain('another version of web-llm');
  // Behind our back.
  const model = await install(store, tinyMlcFolder(library));
  await (await caches.open('webllm/wasm')).put(model.webLlm?.library ?? '', new Response(foreign));
  const engine = new webLlm.MLCEngine({ appConfig: appConfig(model), logLevel: 'SILENT' });
  await expect(engine.reload(model.id)).rejects.toBeInstanceOf(WebAssembly.LinkError);
});

it('removes all of a model, also what web-llm leaves, and nothing of another', async () => {
  const store = openStore();
  const one = await install(store, tinyMlcFolder(library, 1));
  const two = await install(store, tinyMlcFolder(library, 2));
  expect(one.webLlm?.library).toBe(two.webLlm?.library);
  const before = await cached();
  await store.delete(one.id);
  expect(await webLlm.hasModelInCache(one.id, appConfig(one))).toBe(false);
  expect(await webLlm.hasModelInCache(two.id, appConfig(two))).toBe(true);
  expect(await store.check(two.id, never, () => undefined)).toEqual([]);
  expect((await cached()).some((entry) => entry.includes(one.webLlm?.model ?? '-'))).toBe(false);
  expect(before).toHaveLength(11);
  await store.delete(two.id);
  expect(await cached()).toEqual([]);
});

it('lists and removes what others left in the caches', async () => {
  const store = openStore();
  const ours = await install(store, tinyMlcFolder(library, 1));
  const theirs = await install(store, tinyMlcFolder(library, 2));
  // As if another page had stored it and web-llm had deleted it.
  const connection = new Connection();
  connections.push(connection);
  await connection.write(['models'], 'strict', (tx) => tx.delete('models', theirs.id));
  await webLlm.deleteModelInCache(theirs.id, appConfig(theirs));
  const [left, ...more] = await store.cacheLeftovers();
  expect(more).toEqual([]);
  expect(left?.name).toBe(theirs.webLlm?.model);
  expect(left?.keys.map((key) => key.url.split('/').at(-1)).sort()).toEqual([
    'mlc-chat-config.json',
    'tensor-cache.json',
  ]);
  expect(left?.bytes).toBeGreaterThan(100);
  await store.removeLeftovers(left ? [left] : []);
  expect(await store.cacheLeftovers()).toEqual([]);
  expect(await store.check(ours.id, never, () => undefined)).toEqual([]);
});

it('names what is wrong with a folder, and stores nothing of it', async () => {
  const store = openStore();
  const files = tinyMlcFolder(library);
  const cases: readonly (readonly [FolderFile[], string])[] = [
    [[], 'mlc-chat-config.json is missing'],
    [replaced(files, 'ndarray-cache.json', null), 'ndarray-cache.json is missing'],
    [replaced(files, 'shard_1.bin', null), 'params_shard_1.bin is missing'],
    [replaced(files, 'shard_1.bin', new Blob(['short'])), 'params_shard_1.bin has 5 bytes instead of 2048'],
    [replaced(files, 'tokenizer.json', null), 'tokenizer.json is missing'],
    [replaced(files, 'tokenizer.json', new Blob(['<html>'])), 'not JSON'],
    [replaced(files, '.wasm', null), 'the library of the model is missing'],
    [replaced(files, '.wasm', new Blob(['<html>'])), 'not WebAssembly'],
    [replaced(files, '.wasm', linkingLibrary(['env.print'])), 'not the library of a model'],
    [replaced(files, '.wasm', linkingLibrary(['env.TVMWasmPackedCFunc'])), '0.2.79 or older'],
    [replaced(files, 'chat-config.json', new Blob(['{}'])), 'model_type'],
    [[...files, { name: 'b/mlc-chat-config.json', file: new Blob(['{}']) }], 'several models'],
  ];
  for (const [given, words] of cases) expect(await complaint(install(store, given))).toContain(words);
  const list = JSON.parse((await files[1]?.file.text()) ?? '') as {
    records: { dataPath: string; md5sum?: string; records: { byteOffset: number }[] }[];
  };
  const changed = (change: (first: (typeof list.records)[number]) => void): FolderFile[] => {
    const copy = structuredClone(list);
    copy.records.slice(0, 1).forEach(change);
    return replaced(files, 'ndarray-cache.json', new Blob([JSON.stringify(copy)]));
  };
  const wrong: readonly (readonly [FolderFile[], string])[] = [
    [changed((shard) => (shard.dataPath = '../x.bin')), 'not a valid file name'],
    [changed((shard) => (shard.dataPath = 'library.wasm')), 'not a file of weights'],
    [
      changed((shard) => shard.records.forEach((one) => (one.byteOffset = 4))),
      'outside of params_shard_0.bin',
    ],
    [changed((shard) => (shard.md5sum = '0'.repeat(32))), 'checksum differs'],
  ];
  for (const [given, words] of wrong) expect(await complaint(install(store, given))).toContain(words);
  expect(await store.list()).toEqual([]);
  expect(await store.unfinished()).toEqual([]);
  expect(await cached()).toEqual([]);
});

it('gives a model out as a folder that is the same model elsewhere, and notices damage on the way', async () => {
  const store = openStore();
  const model = await install(store, tinyMlcFolder(library));
  await store.rename(model.id, 'My tiny one');
  const named = (await store.get(model.id)) ?? model;
  const copies = await Promise.all(
    (await mlcFolderFiles(store, named)).map(async ({ name, file }) => ({
      name: `stick/${name}`,
      file: new Blob([await file.arrayBuffer()]),
    })),
  );
  await store.delete(model.id);
  const damaged =
    (await copies.find((one) => one.name.endsWith('shard_0.bin'))?.file.arrayBuffer()) ?? new ArrayBuffer();
  new Uint8Array(damaged)[7] = 1;
  const bad = replaced(copies, 'shard_0.bin', new Blob([damaged]));
  expect(await complaint(install(store, bad))).toContain('checksum differs');
  const again = await install(store, copies);
  expect(again).toMatchObject({ id: model.id, hash: model.hash, name: 'My tiny one' });
  expect(await webLlm.hasModelInCache(again.id, appConfig(again))).toBe(true);
});

it('finishes what was half moved into the caches when the tab died', async () => {
  const store = openStore();
  // The cache takes two files, then the tab is gone.
  let left = 2;
  const real = caches.open.bind(caches);
  const open = vi.spyOn(caches, 'open').mockImplementation((scope) => {
    if (left-- > 0) return real(scope);
    return Promise.reject(new DOMException('full', 'QuotaExceededError'));
  });
  const staging = await store.stage('half');
  const folder = await checkMlcFolder(tinyMlcFolder(library), 'tiny');
  for (const { name, content } of folder.files) await staging.write(name, content, {}, never);
  const model = {
    id: 'half',
    name: 'half',
    engine: 'web-llm',
    origin: 'download',
    style: 'base',
    bytes: null,
    contextLength: 256,
    licence: null,
    hash: '',
    source: '',
    storedAt: 1,
    webLlm: { model: 'https://half.model.invalid/', library: 'https://half.model.invalid/library.wasm' },
  } as const;
  const failed: unknown = await staging.publish(model).catch((thrown: unknown) => thrown);
  expect(failed).toMatchObject({ failure: { kind: 'storage-full' } });
  expect(await openStore().list()).toEqual([]);
  expect((await openStore().unfinished()).map(({ key }) => key)).toEqual(['half']);
  open.mockRestore();
  expect(await cached()).toHaveLength(2);
  const next = openStore();
  await next.clean();
  expect((await next.list()).map(({ id }) => id)).toEqual(['half']);
  expect(await next.check('half', never, () => undefined)).toEqual([]);
  expect(await next.unfinished()).toEqual([]);
  expect(await webLlm.hasModelInCache('half', appConfig({ ...model, files: [] }))).toBe(true);
});

it('fetches a model of the list, goes on after a stop, and installs it when it is whole', async () => {
  const store = openStore();
  const [entry] = CATALOGUE;
  if (!entry) throw new Error('the list is empty');
  const folder = tinyMlcFolder(library);
  const content = new Map(folder.map(({ name, file }) => [name.replace('tiny/', ''), file]));
  content.set('tensor-cache.json', content.get('ndarray-cache.json') ?? new Blob());
  const asked: string[] = [];
  const stop = new AbortController();
  const serve: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    const last = url.split('/').at(-1) ?? '';
    const file = content.get(url === entry.library ? 'tiny-webgpu.wasm' : last);
    if (init?.method !== 'HEAD') asked.push(last);
    if (init?.method !== 'HEAD' && last === 'params_shard_1.bin' && !stop.signal.aborted) stop.abort();
    await Promise.resolve();
    if (!file) return new Response('', { status: 404 });
    const headers = { 'content-length': String(file.size), etag: '"1"' };
    return new Response(init?.method === 'HEAD' ? null : file, { headers });
  };
  const notes = new Map<string, DownloadNote>();
  const downloader = new Downloader(
    {
      get: (url) => Promise.resolve(notes.get(url)),
      set: (url, note) => Promise.resolve(void notes.set(url, note)),
      delete: (url) => Promise.resolve(void notes.delete(url)),
    },
    { fetch: serve, wait: () => Promise.resolve() },
  );
  const first = await planMlcDownload(store, downloader, entry, never);
  const sizes = [...content].filter(([name]) => !/README|ndarray/u.test(name)).map(([, file]) => file.size);
  expect(first.plan.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  const stopped: unknown = await fetchMlcModel(first, downloader, 1, stop.signal, () => undefined).catch(
    (error: unknown) => error,
  );
  expect(stopped).toMatchObject({ name: 'AbortError' });
  expect(await store.list()).toEqual([]);
  expect(await cached()).toEqual([]);
  const before = asked.length;
  const again = await planMlcDownload(store, downloader, entry, never);
  const told: number[] = [];
  const model = await fetchMlcModel(again, downloader, 1, never, ({ done, total }) =>
    told.push(done / (total ?? NaN)),
  );
  // What was here already is not asked for again.
  expect(asked.slice(before).every((name) => name.endsWith('.bin'))).toBe(true);
  expect(told.at(-1)).toBe(1);
  expect(model).toMatchObject({ id: entry.id, origin: 'download', webLlm: { overrides: entry.overrides } });
  expect(await webLlm.hasModelInCache(entry.id)).toBe(true);
  expect(await store.check(entry.id, never, () => undefined)).toEqual([]);
  expect(notes.size).toBe(0);
  await store.delete(entry.id);
  expect(await cached()).toEqual([]);
});

it('keeps a GGUF file from disk or the net as the same model, and nothing of a broken one', async () => {
  const store = openStore();
  const address = new URL('/models/built-in/model.gguf', location.href).href;
  const file = new File([await (await fetch(address)).blob()], 'Built in.gguf');
  const picked = await storeGguf(store, file, 1, never, () => undefined);
  expect(picked).toMatchObject({
    engine: 'llama.cpp',
    origin: 'file',
    bytes: file.size,
    source: 'Built in.gguf',
  });
  expect((await store.file(picked.id, GGUF_FILE)).size).toBe(file.size);
  const quiet = {
    get: () => Promise.resolve(undefined),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };
  const url = 'https://example.org/models/built%20in.gguf?download=true';
  const serve = (body: BodyInit): Downloader => {
    const answer = (): Promise<Response> => Promise.resolve(new Response(body));
    return new Downloader(quiet, { fetch: answer, wait: () => Promise.resolve() });
  };
  const fetched = await fetchGguf(store, serve(file), { url }, 2, never, () => undefined);
  // Without the query, which may be a secret.
  const source = 'https://example.org/models/built%20in.gguf';
  expect(fetched).toMatchObject({ id: picked.id, hash: picked.hash, origin: 'download', source });
  expect(await store.list()).toEqual([fetched]);
  const cut = new File([file.slice(0, file.size / 2)], 'cut.gguf');
  expect(await complaint(storeGguf(store, cut, 1, never, () => undefined))).toContain('incomplete');
  const broken = fetchGguf(store, serve(cut), { url: `${url}2` }, 1, never, () => undefined);
  expect(await complaint(broken)).toContain('incomplete');
  expect(await store.unfinished()).toEqual([]);
  expect(await store.check(fetched.id, never, () => undefined)).toEqual([]);
});

it('reads a folder out of a zip, packed or not', async () => {
  const store = openStore();
  const folder = Object.fromEntries(tinyMlcFolder(library).map(({ name, file }) => [name, file]));
  for (const stored of [true, false]) {
    const archive = await zipOf(folder, 'tiny.zip', stored);
    const model = await install(store, await filesOfZip(archive, never));
    expect(await webLlm.hasModelInCache(model.id, appConfig(model))).toBe(true);
  }
  expect(await store.list()).toHaveLength(1);
});
