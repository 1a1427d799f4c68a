import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of';
import { MemoryStaging } from '../testing/memory-staging';
import { Downloader, type DownloadNote } from './download';
import { Mirror } from './mirror';

const PIECE = 1000;
const content = Buffer.from(Uint8Array.from({ length: 3 * PIECE + 400 }, (_, i) => (i * 7 + (i >> 8)) & 255));
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sha256 = hashOf(content);
const pieces = Array.from({ length: 4 }, (_, i) => content.subarray(i * PIECE, (i + 1) * PIECE));
const manifest = {
  format: 1,
  name: 'A model',
  file: 'a.gguf',
  bytes: content.length,
  sha256,
  licence: 'MIT',
  pieces: pieces.map((piece) => ({ sha256: hashOf(piece), bytes: piece.length })),
};
const never = new AbortController().signal;

let server: Server;
let origin: string;
let files: Map<string, Buffer | string>;
/** What a path answers instead, once. */
let once: Map<string, Buffer | number>;
let asked: string[];
let notes: Map<string, DownloadNote>;
let staging: MemoryStaging;
let waits: number;

const pathOf = (i: number): string => `/models/${sha256}/${manifest.pieces[i]?.sha256 ?? ''}.bin`;

beforeEach(async () => {
  files = new Map<string, Buffer | string>([
    [`/models/${sha256}/manifest.json`, JSON.stringify(manifest)],
    ['/elsewhere.gguf', content],
    ...pieces.map((piece, i): [string, Buffer] => [pathOf(i), piece]),
  ]);
  once = new Map();
  asked = [];
  notes = new Map();
  staging = new MemoryStaging();
  waits = 0;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(request.headers.range ? `${path} ${request.headers.range}` : path);
    const instead = once.get(path);
    once.delete(path);
    const body = typeof instead === 'object' ? instead : files.get(path);
    if (typeof instead === 'number' || body === undefined) {
      response.writeHead(typeof instead === 'number' ? instead : 404).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    const type = path.endsWith('.html') ? 'text/html' : 'application/octet-stream';
    response.writeHead(from > 0 ? 206 : 200, {
      'content-type': type,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
    });
    response.end(body.slice(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const network = {
  fetch,
  wait: (): Promise<void> => {
    waits++;
    return Promise.resolve();
  },
};
const downloader = (): Downloader =>
  new Downloader(
    {
      get: (url) => Promise.resolve(notes.get(url)),
      set: (url, note) => Promise.resolve(void notes.set(url, note)),
      delete: (url) => Promise.resolve(void notes.delete(url)),
    },
    network,
    new Mirror(`${origin}/models/`, network),
  );
const wanted = (url: string | null = null) => ({ name: 'model.gguf', url, sha256 });
const fetched = async (url: string | null = null, signal = never): Promise<number[]> => {
  const told: number[] = [];
  await downloader().fetchOne(wanted(url), staging, signal, (bytes) => told.push(bytes));
  return told;
};
const stored = (): Buffer => Buffer.from(staging.files.get('model.gguf')?.content ?? []);

it('joins the pieces and tells how much has come', async () => {
  const told = await fetched();
  expect(stored().equals(content)).toBe(true);
  expect(told.at(-1)).toBe(content.length);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

it('knows the size before anything is fetched', async () => {
  expect(await downloader().size([wanted()], never)).toBe(content.length);
  expect(asked).toEqual([`/models/${sha256}/manifest.json`]);
});

it.each([
  ['damaged', Buffer.alloc(PIECE, 7)],
  ['cut', content.subarray(PIECE, PIECE + 10)],
  ['too long', Buffer.concat([content.subarray(PIECE, 2 * PIECE), Buffer.alloc(5)])],
  ['refused for the moment', 503],
])('fetches a piece that is %s again, and no other', async (_, answer) => {
  once.set(pathOf(1), answer);
  await fetched();
  expect(stored().equals(content)).toBe(true);
  expect(waits).toBe(1);
  expect(asked.filter((path) => path.endsWith('.bin'))).toEqual([0, 1, 1, 2, 3].map(pathOf));
});

it('resumes at the piece that was not whole', async () => {
  // A tab that was killed in the third piece.
  await staging.write('model.gguf', new Blob([content.subarray(0, 2 * PIECE + 300)]), {}, never);
  await fetched();
  expect(stored().equals(content)).toBe(true);
  expect(asked.filter((path) => path.endsWith('.bin'))).toEqual([2, 3].map(pathOf));
});

it('only checks what was whole already', async () => {
  await staging.write('model.gguf', new Blob([content]), {}, never);
  await fetched();
  expect(asked).toEqual([`/models/${sha256}/manifest.json`]);
});

it('goes on from the address where the mirror has a bad piece', async () => {
  files.set(pathOf(2), Buffer.alloc(PIECE));
  await fetched(`${origin}/elsewhere.gguf`);
  expect(stored().equals(content)).toBe(true);
  expect(asked.at(-1)).toBe(`/elsewhere.gguf bytes=${2 * PIECE}-`);
});

it('takes the address where there is no mirror', async () => {
  files.delete(`/models/${sha256}/manifest.json`);
  await fetched(`${origin}/elsewhere.gguf`);
  expect(stored().equals(content)).toBe(true);
});

it('names the piece that stays damaged, and keeps what came before it', async () => {
  files.set(pathOf(2), Buffer.alloc(PIECE));
  // The address does not have it either.
  const failure = await failureOf(fetched(`${origin}/gone.gguf`));
  expect(failure).toMatchObject({ kind: 'bad-file' });
  expect(JSON.stringify(failure)).toContain(manifest.pieces[2]?.sha256);
  expect(stored().length).toBe(2 * PIECE);
});

it('names the piece that is missing, and keeps what came before it', async () => {
  files.delete(pathOf(3));
  expect(await failureOf(fetched())).toMatchObject({
    kind: 'model-file-missing',
    url: `${origin}${pathOf(3)}`,
    status: 404,
  });
  expect(stored().length).toBe(3 * PIECE);
});

it.each([
  ['of another file', { ...manifest, sha256: hashOf(Buffer.from('another')) }],
  ['that contradicts itself', { ...manifest, bytes: 17 }],
  ['of another format', { ...manifest, format: 2 }],
  ['with a path for a name', { ...manifest, beside: [{ name: '../x', sha256, bytes: 1 }] }],
])('does not use a manifest %s', async (_, other) => {
  files.set(`/models/${sha256}/manifest.json`, JSON.stringify(other));
  expect(await new Mirror(`${origin}/models/`, network).find(sha256, never)).toBeNull();
});

it('refuses pieces that are whole but make another file', async () => {
  const swapped = { ...manifest, pieces: [1, 0, 2, 3].map((i) => manifest.pieces[i]) };
  files.set(`/models/${sha256}/manifest.json`, JSON.stringify(swapped));
  expect(await failureOf(fetched())).toMatchObject({ kind: 'bad-file' });
  expect(stored().length).toBe(0);
});

it('stops when it is asked to, and keeps whole pieces', async () => {
  const stop = new AbortController();
  const mirror = new Mirror(`${origin}/models/`, network);
  const reader = mirror
    .read({ ...manifest, format: 1, beside: [] }, 0, stop.signal, () => undefined)
    .getReader();
  expect((await reader.read()).value?.length).toBe(PIECE);
  stop.abort();
  await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
});
