import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError, type Failure } from '../core/errors';
import { MemoryStaging } from '../testing/memory-staging';
import { Downloader, type DownloadNote, type DownloadNotes } from './download';

/** What the server does with one request after another; the last stays. */
interface Behaviour {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** The connection is cut after so many bytes of the body. */
  readonly cutAfter?: number;
  /** As above, but the end looks like a proper one. */
  readonly endAfter?: number;
  readonly ignoresRange?: boolean;
  readonly etag?: string | null;
  readonly body?: Buffer;
  readonly saysNoLength?: boolean;
  /** The connection stays open after so many bytes, and nothing more comes. */
  readonly silentAfter?: number;
}

const content = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
const sha256 = createHash('sha256').update(content).digest('hex');
const never = new AbortController().signal;
const quiet = (): undefined => undefined;

let server: Server;
let origin: string;
let script: Behaviour[];
let requests: { readonly method: string; readonly path: string; readonly range: string | undefined }[];
let waits: number[];
let notes: Map<string, DownloadNote>;

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests.push({ method: request.method ?? '', path: request.url ?? '', range: request.headers.range });
  const behaviour = (script.length > 1 ? script.shift() : script[0]) ?? {};
  if (request.url === '/moved') {
    response.writeHead(302, { location: '/file' }).end();
    return;
  }
  const body = behaviour.body ?? content;
  const range = /^bytes=(\d+)-$/u.exec(request.headers.range ?? '');
  const from = range && behaviour.ignoresRange !== true ? Number(range[1]) : 0;
  if (from >= body.length && from > 0) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const part = body.subarray(from);
  const etag = behaviour.etag === undefined ? '"one"' : behaviour.etag;
  response.writeHead(behaviour.status ?? (range && behaviour.ignoresRange !== true ? 206 : 200), {
    'content-type': 'application/octet-stream',
    ...(behaviour.saysNoLength === true || behaviour.endAfter !== undefined
      ? {}
      : { 'content-length': part.length }),
    ...(etag === null ? {} : { etag }),
    ...(range && behaviour.ignoresRange !== true
      ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }
      : {}),
    ...behaviour.headers,
  });
  if (request.method === 'HEAD') response.end();
  else if (behaviour.silentAfter !== undefined) response.write(part.subarray(0, behaviour.silentAfter));
  else if (behaviour.cutAfter !== undefined) {
    response.write(part.subarray(0, behaviour.cutAfter), () => setTimeout(() => response.destroy(), 5));
  } else response.end(part.subarray(0, behaviour.endAfter));
}

beforeEach(async () => {
  script = [{}];
  requests = [];
  waits = [];
  notes = new Map();
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function downloader(mostUnsaid?: number): Downloader {
  const kept: DownloadNotes = {
    get: (url) => Promise.resolve(notes.get(url)),
    set: (url, note) => Promise.resolve(void notes.set(url, note)),
    delete: (url) => Promise.resolve(void notes.delete(url)),
  };
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  return new Downloader(kept, { fetch, wait, tickMs: 50 }, null, mostUnsaid);
}
const wanted = (more: { bytes?: number; sha256?: string } = {}, path = '/file') => ({
  url: origin + path,
  name: 'x.bin',
  ...more,
});
const whole = (staging: MemoryStaging, name = 'x.bin'): boolean =>
  content.equals(staging.files.get(name)?.content ?? new Uint8Array());
async function failure(work: Promise<unknown>): Promise<Failure | string> {
  const error: unknown = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.failure : error instanceof Error ? error.name : String(error);
}

it('says how much it is before, brings it, and follows where it has moved', async () => {
  const staging = new MemoryStaging();
  expect(await downloader().size([wanted(), wanted({ bytes: 5 })], never)).toBe(200_005);
  expect(requests).toEqual([{ method: 'HEAD', path: '/file', range: undefined }]);
  const told: number[] = [];
  const files = await downloader().fetchAll(
    [wanted({ sha256 }, '/moved')],
    staging,
    never,
    ({ done, total }) => {
      expect(total).toBe(200_000);
      told.push(done);
    },
  );
  expect(files).toEqual([{ name: 'x.bin', bytes: 200_000, sha256 }]);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(200_000);
  expect(whole(staging)).toBe(true);
});

it('knows no size where the server does not say one, or does not answer the question', async () => {
  script = [{ saysNoLength: true }, { status: 405 }];
  expect(await downloader().size([wanted()], never)).toBeNull();
  expect(await downloader().size([wanted()], never)).toBeNull();
  expect(await downloader().fetchAll([wanted()], new MemoryStaging(), never, quiet).catch(failureKind)).toBe(
    'model-file-missing',
  );
});
it('reads a small file without storing it, and no longer one than it may be', async () => {
  const { url } = wanted();
  expect((await downloader().read(url, 200_000, never)).size).toBe(200_000);
  expect(await downloader().read(url, 199_999, never).catch(failureKind)).toBe('bad-file');
  script = [{ status: 404 }];
  expect(await downloader().read(url, 200_000, never).catch(failureKind)).toBe('model-file-missing');
});
const failureKind = (error: unknown): string => (error instanceof AppError ? error.failure.kind : 'other');

it('takes up broken connections wherever they break, by the rest alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (cuts, clean) => {
        script = [...cuts.map((cut) => (clean && cut % 2 === 0 ? { endAfter: cut } : { cutAfter: cut })), {}];
        requests = [];
        const staging = new MemoryStaging();
        const stored = await downloader().fetchOne(wanted({ bytes: 200_000 }), staging, never, quiet);
        expect(stored.sha256).toBe(sha256);
        expect(whole(staging)).toBe(true);
        // Each request but the first asks for a rest.
        expect(requests.slice(1).every(({ range }) => /^bytes=[1-9]\d*-$/u.test(range ?? ''))).toBe(true);
      },
    ),
    { numRuns: 8 },
  );
});

it('takes a proper end that comes too early for a broken connection', async () => {
  script = [{ endAfter: 70_000 }, {}];
  const staging = new MemoryStaging();
  await downloader().fetchOne(wanted({ bytes: 200_000 }), staging, never, quiet);
  expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=70000-']);
  expect(whole(staging)).toBe(true);
});

it('goes on after it was paused and the page closed', async () => {
  const staging = new MemoryStaging();
  const pause = new AbortController();
  script = [{ cutAfter: 150_000 }];
  const first = downloader().fetchOne(wanted(), staging, pause.signal, (bytes) => {
    if (bytes > 60_000) pause.abort();
  });
  expect(await failure(first)).toBe('AbortError');
  const here = await staging.size('x.bin');
  expect(here).toBeGreaterThan(60_000);
  script = [{}];
  await downloader().fetchOne(wanted(), staging, never, quiet);
  expect(requests.at(-1)?.range).toBe(`bytes=${here}-`);
  expect(whole(staging)).toBe(true);
  // Whole files are only looked at, until they are no longer needed.
  requests = [];
  expect((await downloader().fetchOne(wanted(), staging, never, quiet)).sha256).toBe(sha256);
  expect(requests).toEqual([]);
  await downloader().forget([wanted()]);
  expect(notes.size).toBe(0);
});

it('begins anew when the file changed, the server ignores ranges, or nothing proves that it is the same', async () => {
  const other = Buffer.from(content.toReversed());
  const changed = new MemoryStaging();
  script = [{ cutAfter: 90_000, body: other, etag: '"old"' }, {}];
  await downloader().fetchOne(wanted(), changed, never, quiet);
  expect(whole(changed)).toBe(true);
  expect(requests).toHaveLength(3);

  const ignoring = new MemoryStaging();
  script = [{ cutAfter: 90_000 }, { ignoresRange: true }];
  await downloader().fetchOne(wanted(), ignoring, never, quiet);
  expect(whole(ignoring)).toBe(true);

  for (const etag of [null, 'W/"weak"']) {
    requests = [];
    const untagged = new MemoryStaging();
    script = [{ cutAfter: 90_000, etag }, { etag }];
    await downloader().fetchOne(wanted(), untagged, never, quiet);
    expect(whole(untagged)).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual([undefined, undefined]);
  }
});

it('begins anew when more is here than the file has', async () => {
  const staging = new MemoryStaging();
  await staging.write('x.bin', new Blob([content, content]), {}, never);
  notes.set(`${origin}/file`, { etag: '"one"', bytes: null });
  await downloader().fetchOne(wanted(), staging, never, quiet);
  expect(whole(staging)).toBe(true);
});

it('keeps no wrong body: another length, another checksum, a web page', async () => {
  const staging = new MemoryStaging();
  expect(await failure(downloader().fetchOne(wanted({ bytes: 7 }), staging, never, quiet))).toMatchObject({
    kind: 'bad-file',
    detail: expect.stringContaining('200000 bytes instead of 7') as string,
  });
  const wrong = wanted({ sha256: sha256.replace(/^./u, (digit) => (digit === '0' ? '1' : '0')) });
  expect(await failure(downloader().fetchOne(wrong, staging, never, quiet))).toMatchObject({
    kind: 'bad-file',
  });
  script = [
    { headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from('<h1>Sign in</h1>') },
  ];
  expect(await failure(downloader().fetchOne(wanted(), staging, never, quiet))).toMatchObject({
    kind: 'bad-file',
    detail: expect.stringContaining('a web page') as string,
  });
  script = [{ endAfter: 250_000, body: Buffer.concat([content, content]) }];
  expect(
    await failure(downloader().fetchOne(wanted({ bytes: 200_000 }), staging, never, quiet)),
  ).toMatchObject({
    kind: 'bad-file',
  });
  expect([...staging.files.keys()]).toEqual([]);
});

it('tries again when a server is busy, longer each time and as long as it asks; but not where it says no', async () => {
  script = [{ status: 503 }, { status: 429, headers: { 'retry-after': '7' } }, { status: 500 }, {}];
  await downloader().fetchOne(wanted(), new MemoryStaging(), never, quiet);
  expect(waits).toEqual([1_000, 7_000, 4_000]);
  script = [{ status: 503 }];
  waits = [];
  expect(await failure(downloader().fetchOne(wanted(), new MemoryStaging(), never, quiet))).toMatchObject({
    kind: 'model-file-missing',
    status: 503,
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  for (const status of [401, 403, 404]) {
    script = [{ status }];
    requests = [];
    const failed = await failure(downloader().fetchOne(wanted(), new MemoryStaging(), never, quiet));
    expect(failed).toEqual({ kind: 'model-file-missing', url: `${origin}/file`, status, from: 'network' });
    expect(requests).toHaveLength(1);
  }
});

it('says when nobody answers, and fetches only what a page may', async () => {
  server.close();
  expect(await failure(downloader().fetchOne(wanted(), new MemoryStaging(), never, quiet))).toMatchObject({
    kind: 'model-file-missing',
    status: null,
  });
  for (const url of ['http://example.org/x', 'file:///etc/passwd', 'javascript:1', 'x']) {
    const work = downloader().fetchOne({ url, name: 'x' }, new MemoryStaging(), never, quiet);
    expect(await failure(work)).toMatchObject({ kind: 'bad-file' });
  }
});

it('brings many files side by side; the first failure ends all, and what came stays', async () => {
  const staging = new MemoryStaging();
  const files = Array.from({ length: 7 }, (_, i) => ({ ...wanted({ bytes: 200_000 }), name: `${i}` }));
  const stored = await downloader().fetchAll(files, staging, never, quiet);
  expect(stored.map((file) => file.name)).toEqual(files.map((file) => file.name));
  const next = new MemoryStaging();
  script = [{}, { status: 404 }];
  expect(await failure(downloader().fetchAll(files, next, never, quiet))).toMatchObject({ status: 404 });
  expect([...next.files.keys()].length).toBeLessThan(7);
});

it('goes on from where a silent connection stopped, and tells when it stays silent', async () => {
  script = [{ silentAfter: 90_000 }, {}];
  const staging = new MemoryStaging();
  const file = { url: `${origin}/file`, name: 'a', sha256 };
  await downloader().fetchOne(file, staging, never, quiet);
  expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=90000-']);
  script = [{ silentAfter: 0 }];
  await expect(downloader().fetchAll([{ ...file, name: 'b' }], staging, never, quiet)).rejects.toMatchObject({
    failure: { kind: 'model-file-missing' },
  });
});

it('takes no more of a body than was said, or than any model has', async () => {
  script = [{ saysNoLength: true }];
  const file = { url: `${origin}/file`, name: 'a' };
  const staging = new MemoryStaging();
  await expect(downloader(150_000).fetchAll([file], staging, never, quiet)).rejects.toMatchObject({
    failure: { kind: 'bad-file' },
  });
  expect(await staging.size('a')).toBeLessThanOrEqual(150_000);
});

it('never tells what may be a secret in an address', async () => {
  script = [{ status: 404 }];
  const file = { url: `${origin}/file?token=SECRET#SECRET`, name: 'a' };
  await expect(downloader().fetchAll([file], new MemoryStaging(), never, quiet)).rejects.toMatchObject({
    failure: { kind: 'model-file-missing', url: `${origin}/file` },
  });
  expect(requests.at(-1)?.path).toBe('/file?token=SECRET');
});
