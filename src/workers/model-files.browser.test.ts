import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError, type Failure } from '../core/errors';
import type { StoredModel } from '../core/models/stored-model';
import { OpfsModelStore } from '../models/opfs-model-store';
import { Connection } from '../storage/connection';
import { deleteDatabase } from '../testing/raw-database';
import { workOnModelFiles } from './model-files';

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
  const staging = await store.stage('a/b: c');
  const weights = bytes(3_000_000);
  const told: number[] = [];
  await staging.write('model.gguf', new Blob([weights]), { bytes: weights.length }, never, (n) =>
    told.push(n),
  );
  await staging.write('more/config.json', stream(bytes(10), bytes(20, 2)), {}, never);
  expect(await store.list()).toEqual([]);
  expect(await store.unfinished()).toEqual([{ id: 'a/b: c', bytes: 3_000_030 }]);
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
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(weights);
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
