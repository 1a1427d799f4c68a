import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError, type Failure } from '../core/errors';
import type { StoredModel } from '../core/models/stored-model';
import { OpfsModelStore } from '../models/opfs-model-store';
import { Connection } from '../storage/connection';
import { deleteDatabase } from '../testing/raw-database';
import { workOnModelFiles } from './model-file-client';

const never = new AbortController().signal;
const connections: Connection[] = [];

function openStore(): OpfsModelStore {
  const connection = new Connection();
  connections.push(connection);
  return new OpfsModelStore(connection, workOnModelFiles);
}
const info = (id: string, hash = ''): Omit<StoredModel, 'files'> => ({
  id,
  name: id,
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: null,
  contextLength: 512,
  licence: null,
  hash,
  source: 'a.gguf',
  storedAt: 1,
});
const bytes = (length: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) & 255);
const stream = (...parts: (Uint8Array<ArrayBuffer> | Error)[]): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const part = parts[next++];
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(part);
    },
  });
};
/** By the browser, not by what is tested. */
async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
async function failure(work: Promise<unknown>): Promise<Failure | string> {
  const error: unknown = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.failure : error instanceof Error ? error.name : String(error);
}
async function entries(): Promise<string[]> {
  const found: string[] = [];
  const walk = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const [name, entry] of directory.entries()) {
      if (entry.kind === 'directory') await walk(entry, `${path}${name}/`);
      else found.push(`${path}${name}`);
    }
  };
  await walk(await navigator.storage.getDirectory(), '');
  return found.sort();
}

async function clear(): Promise<void> {
  for (const connection of connections.splice(0)) connection.close();
  await deleteDatabase();
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}
beforeEach(clear);
afterEach(clear);

it('shows a model once it is published, gives its files, and removes all of it', async () => {
  const store = openStore();
  let changes = 0;
  store.watch(() => changes++);
  const staging = await store.stage('a/b: c', 'here');
  const weights = bytes(3_000_000);
  const told: number[] = [];
  await staging.write('model.gguf', new Blob([weights]), { bytes: weights.length }, never, (n) =>
    told.push(n),
  );
  await staging.write('more/config.json', stream(bytes(10), bytes(20, 2)), {}, never);
  expect(await store.list()).toEqual([]);
  expect(await store.unfinished()).toEqual([{ key: 'a/b: c', source: 'here', bytes: 3_000_030 }]);
  expect(told.at(-1)).toBe(weights.length);
  const model = await staging.publish(info('a/b: c'));
  expect(model.files).toEqual([
    { name: 'model.gguf', bytes: 3_000_000, sha256: await sha256(weights) },
    {
      name: 'more/config.json',
      bytes: 30,
      sha256: await sha256(Uint8Array.of(...bytes(10), ...bytes(20, 2))),
    },
  ]);
  expect(model.bytes).toBe(3_000_030);
  expect(await store.list()).toEqual([model]);
  expect(await store.unfinished()).toEqual([]);
  const file = await store.file('a/b: c', 'model.gguf');
  expect(await sha256(new Uint8Array(await file.arrayBuffer()))).toBe(await sha256(weights));
  expect(await failure(store.file('a/b: c', 'other'))).toMatchObject({ kind: 'model-file-missing' });
  await store.rename('a/b: c', 'Mine');
  expect((await openStore().get('a/b: c'))?.name).toBe('Mine');
  await store.delete('a/b: c');
  expect(await store.list()).toEqual([]);
  expect(await entries()).toEqual([]);
  expect(changes).toBe(3);
});

it('goes on with a file from wherever it was cut, with the same hash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
      async (random, shares) => {
        // Large enough to be written in several steps.
        const content = new Uint8Array(random.length * 700);
        for (let at = 0; at < content.length; at += random.length) content.set(random, at);
        const hash = await sha256(content);
        const cuts = shares.map((share) => Math.floor(share * content.length)).sort((a, b) => a - b);
        const store = openStore();
        for (const cut of cuts) {
          const staging = await store.stage('cut');
          const from = await staging.size('x');
          const rest = content.slice(from, Math.max(from, cut));
          const broken = stream(rest, new TypeError('connection lost'));
          const work = staging.write('x', broken, { bytes: content.length, sha256: hash, from }, never);
          expect(await failure(work)).toBe('TypeError');
          expect(await staging.size('x')).toBe(Math.max(from, cut));
        }
        const staging = await store.stage('cut');
        const from = await staging.size('x');
        const done = await staging.write(
          'x',
          stream(content.slice(from)),
          { bytes: content.length, from },
          never,
        );
        expect(done.sha256).toBe(hash);
        await staging.discard();
        expect(await entries()).toEqual([]);
      },
    ),
    { numRuns: 12 },
  );
});

it('keeps nothing of a wrong body, and says what is wrong', async () => {
  const store = openStore();
  const staging = await store.stage('m');
  const content = bytes(5_000);
  const blob = new Blob([content]);
  const wrong = 'ab'.repeat(32);
  for (const promised of [{ bytes: 4_999 }, { bytes: 5_001 }, { sha256: wrong }, { md5: wrong.slice(32) }]) {
    expect(await failure(staging.write('x', blob, promised, never))).toMatchObject({ kind: 'bad-file' });
    expect(await staging.size('x')).toBe(0);
  }
  const tooFar = staging.write('x', blob, { from: 3 }, never);
  expect(await failure(tooFar)).toMatchObject({ kind: 'bad-file' });
  for (const name of ['../x', '/x', 'a//b', '.', 'a\\b', '', '.hidden']) {
    expect(await failure(staging.write(name, blob, {}, never))).toMatchObject({ kind: 'bad-file' });
  }
  const model = await staging.publish(info('m'));
  expect(model.files).toEqual([]);
});

it('stops at once, keeps what came, and publishes only what was finished', async () => {
  const store = openStore();
  const staging = await store.stage('m');
  await staging.write('whole', new Blob(['abc']), {}, never);
  const stop = new AbortController();
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(300_000)),
  });
  const writing = staging.write('part', endless, {}, stop.signal, (done) => {
    if (done > 2_000_000) stop.abort();
  });
  expect(await failure(writing)).toBe('AbortError');
  expect(await staging.size('part')).toBeGreaterThan(2_000_000);
  const large = staging.write('part', new Blob([new Uint8Array(40_000_000)]), {}, AbortSignal.timeout(20));
  expect(['AbortError', 'TimeoutError']).toContain(await failure(large));
  const { files } = await staging.publish(info('m'));
  expect(files.map((file) => file.name)).toEqual(['whole']);
  expect((await entries()).map((path) => path.split('/').at(-1))).toEqual(['whole']);
});

it('lets one tab at a time put a model together, and goes on where a tab was closed', async () => {
  const first = openStore();
  const staging = await first.stage('m');
  await staging.write('x', new Blob(['abc']), {}, never);
  const other = openStore();
  expect(await failure(other.stage('m'))).toMatchObject({ kind: 'storage-unavailable' });
  expect(await failure(other.discard('m'))).toMatchObject({ kind: 'storage-unavailable' });
  const again = await first.stage('m');
  expect(await failure(staging.write('x', new Blob(['abc']), {}, never))).toBe('Error');
  expect(await again.size('x')).toBe(3);
  await first.discard('m');
  expect(await entries()).toEqual([]);
  const mine = await other.stage('m');
  expect(await mine.size('x')).toBe(0);
  await mine.discard();
});

it('a stored model stays until the new one of its name is whole', async () => {
  const store = openStore();
  const write = async (text: string): Promise<void> => {
    const staging = await store.stage('m');
    await staging.write('x', new Blob([text]), {}, never);
    expect(await (await store.file('m', 'x')).text().catch(() => 'none')).toBe('one');
    await staging.publish(info('m'));
  };
  const staging = await store.stage('m');
  await staging.write('x', new Blob(['one']), {}, never);
  await staging.publish(info('m'));
  await write('two');
  expect(await (await store.file('m', 'x')).text()).toBe('two');
  expect(await entries()).toHaveLength(1);
});

it('finds what is missing or changed when it checks again', async () => {
  const store = openStore();
  const staging = await store.stage('m');
  for (const name of ['a', 'b', 'c', 'd']) await staging.write(name, new Blob([bytes(900)]), {}, never);
  await staging.publish(info('m'));
  expect(await store.check('m', never, () => undefined)).toEqual([]);
  const paths = await entries();
  const damage = async (
    end: string,
    change: (handle: FileSystemFileHandle) => Promise<void>,
  ): Promise<void> => {
    const path = paths.find((one) => one.endsWith(end)) ?? '';
    const parts = path.split('/');
    let folder = await navigator.storage.getDirectory();
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part);
    if (end === '/c') await folder.removeEntry('c');
    else await change(await folder.getFileHandle(parts.at(-1) ?? ''));
  };
  const write = (at: number) => async (handle: FileSystemFileHandle) => {
    const out = await handle.createWritable({ keepExistingData: true });
    await out.write({ type: 'write', position: at, data: Uint8Array.of(0, 1) });
    await out.close();
  };
  await damage('/b', write(500));
  await damage('/c', write(0));
  await damage('/d', write(900));
  const shares: number[] = [];
  const wrong = await store.check('m', never, ({ done, total }) => shares.push(done / (total ?? 1)));
  expect(wrong).toEqual(['b', 'c', 'd']);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  expect(await failure(store.file('m', 'd'))).toMatchObject({ kind: 'model-file-missing' });
  expect(await failure(store.check('none', never, () => undefined))).toMatchObject({
    kind: 'model-file-missing',
  });
});

it('cleans what a killed tab left of models it deleted, and nothing else', async () => {
  const store = openStore();
  const kept = await store.stage('kept');
  await kept.write('x', new Blob(['abc']), {}, never);
  await kept.publish(info('kept'));
  const begun = await store.stage('begun');
  await begun.write('x', new Blob(['ab']), {}, never);
  const root = await navigator.storage.getDirectory();
  const models = await root.getDirectoryHandle('models');
  await models.getDirectoryHandle('gone@1', { create: true });
  // The mark of a model that was published when the tab died.
  const row = (await entries()).find((path) => path.includes('kept'))?.split('/')[1] ?? '';
  await (await root.getDirectoryHandle('models-staging')).getFileHandle(row, { create: true });
  const next = openStore();
  expect(await next.unfinished()).toEqual([{ key: 'begun', source: '', bytes: 2 }]);
  expect(await (await next.file('kept', 'x')).text()).toBe('abc');
  const names: string[] = [];
  for await (const name of models.keys()) names.push(name.split('@')[0] ?? '');
  expect(names.sort()).toEqual(['begun', 'kept']);
});
