/**
 * Downloads files into a staging folder. An interrupted download resumes where it stopped, also after a reload; a wrong
 * body is removed.
 */
import { AppError } from '../core/errors';
import type { StoredFile } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { ModelStaging } from './model-store';
import { WORDS } from './words';

/** A file to be fetched, with what is known of it before. */
export interface WantedFile {
  readonly url: string;
  /** Its name in the staging. */
  readonly name: string;
  readonly bytes?: number;
  /** SHA-256, hex, where the source gives one. */
  readonly sha256?: string;
  /** MD5, hex. */
  readonly md5?: string;
}

/** What a server told about a file at the start of its download, to check that the rest belongs to it. */
export interface DownloadNote {
  readonly etag: string | null;
  readonly bytes: number | null;
}
/** Kept over reloads. */
export interface DownloadNotes {
  get(url: string): Promise<DownloadNote | undefined>;
  set(url: string, note: DownloadNote): Promise<void>;
  delete(url: string): Promise<void>;
}

/** What tests change. */
export interface Network {
  readonly fetch: typeof fetch;
  /** @throws AbortError */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Attempts in a row without a single byte. */
const TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;
const PARALLEL = 3;

const browser: Network = {
  fetch: (...args) => fetch(...args),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new DOMException('Stopped', 'AbortError'));
      });
    }),
};

/** Downloads the files of models; partial files are kept and resumed. */
export class Downloader {
  constructor(
    private readonly notes: DownloadNotes,
    private readonly network: Network = browser,
  ) {}

  /**
   * The size of all files together, before anything is downloaded; null when a server does not tell.
   * @throws AppError bad-file, model-file-missing; AbortError
   */
  async size(files: readonly WantedFile[], signal: AbortSignal): Promise<number | null> {
    const sizes = await Promise.all(
      files.map(async (file) => file.bytes ?? (await this.#length(file.url, signal))),
    );
    return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }

  /** A small file, which is not stored. @throws AppError model-file-missing, bad-file when it is longer; AbortError */
  async read(url: string, most: number, signal: AbortSignal): Promise<Blob> {
    checkAddress(url);
    const response = await this.#once(url, {}, signal);
    let bytes = 0;
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > most) throw bad(url, WORDS.download.tooLong);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(counted) ?? null).blob();
  }

  /**
   * Downloads all files, a few concurrently. To pause, abort: the next call resumes.
   * @throws AppError model-file-missing, bad-file, storage-full, storage-unavailable; AbortError
   */
  async fetchAll(
    files: readonly WantedFile[],
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<readonly StoredFile[]> {
    const here = new Map<string, number>();
    const total = files.every((file) => file.bytes !== undefined)
      ? files.reduce((sum, file) => sum + (file.bytes ?? 0), 0)
      : files.length === 1 && files[0]
        ? await this.#length(files[0].url, signal).catch(() => null)
        : null;
    signal.throwIfAborted();
    // The first failure ends the others.
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const done = new Map<string, StoredFile>();
    const waiting = [...files];
    const lane = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const { name } = file;
        const stored = await this.fetchOne(file, staging, either, (bytes) => {
          here.set(name, bytes);
          onProgress({ label: name, done: [...here.values()].reduce((sum, size) => sum + size, 0), total });
        });
        done.set(name, stored);
      }
    };
    const lanes = Array.from({ length: Math.min(PARALLEL, files.length) }, () =>
      lane().catch((error: unknown) => {
        ended.abort();
        throw error;
      }),
    );
    const settled = await Promise.allSettled(lanes);
    signal.throwIfAborted();
    const failures = settled.flatMap((lane) => (lane.status === 'rejected' ? [lane.reason as unknown] : []));
    const first = failures.find((error) => error instanceof AppError) ?? failures[0];
    if (first instanceof Error) throw first;
    return files.flatMap((file) => done.get(file.name) ?? []);
  }

  /** Removes the notes of these files, once they are published or discarded. */
  async forget(files: readonly WantedFile[]): Promise<void> {
    await Promise.all(files.map(({ url }) => this.notes.delete(url)));
  }

  /** @param onProgress bytes of the file that are here */
  async fetchOne(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<StoredFile> {
    checkAddress(file.url);
    for (let failed = 0, before = -1; ;) {
      signal.throwIfAborted();
      try {
        return await this.#attempt(file, staging, signal, onProgress);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Broken)) throw error;
        const here = await staging.size(file.name);
        failed = here > before ? 1 : failed + 1;
        before = here;
        if (failed === TRIES) {
          throw missing(file.url, error.status, error);
        }
        const wait = Math.max(error.waitMs, FIRST_WAIT_MS * 2 ** (failed - 1));
        await this.network.wait(Math.min(MAX_WAIT_MS, wait), signal);
      }
    }
  }

  async #attempt(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<StoredFile> {
    const { url, name, sha256, md5 } = file;
    const here = await staging.size(name);
    const note = here > 0 ? await this.notes.get(url) : undefined;
    const whole = file.bytes ?? note?.bytes;
    const keep = async (from: number, bytes: number | undefined, body: Body): Promise<StoredFile> => {
      const promised = {
        from,
        ...(bytes === undefined ? {} : { bytes }),
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(md5 === undefined ? {} : { md5 }),
      };
      return staging.write(name, body, promised, signal, onProgress);
    };
    // All of it came before the page was closed: it is only checked.
    if (here > 0 && here === whole && (note ?? sha256 ?? md5) !== undefined)
      return keep(here, whole, new Blob([]));
    const answer = await this.#ask(file, here, note, signal);
    const bytes = file.bytes ?? answer.total ?? undefined;
    if (file.bytes !== undefined && answer.total !== null && answer.total !== file.bytes) {
      await answer.cancel();
      throw bad(url, WORDS.download.otherSize(answer.total, file.bytes));
    }
    if (answer.from === 0) await this.notes.set(url, { etag: answer.etag, bytes: answer.total });
    return keep(answer.from, bytes, unbroken(answer.body, bytes === undefined ? null : bytes - answer.from));
  }

  /** The file, or the rest of it when the server can prove that it belongs to what is here. */
  async #ask(
    { url, sha256, md5 }: WantedFile,
    here: number,
    note: DownloadNote | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    // Without a proof that the file is unchanged, the rest might not belong to its beginning.
    const provable = note !== undefined && (note.etag ?? sha256 ?? md5 ?? null) !== null;
    if (here > 0 && provable) {
      const response = await this.#fetch(url, { headers: { Range: `bytes=${here}-` } }, signal);
      const same = note.etag === null || strongTag(response) === note.etag;
      if (response.status === 206 && same && rangeStart(response) === here) return answerOf(response, here);
      if (response.status === 200) return answerOf(response, 0);
      await response.body?.cancel().catch(() => undefined);
    }
    const response = await this.#fetch(url, {}, signal);
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined);
      throw missing(url, response.status);
    }
    return answerOf(response, 0);
  }

  async #length(url: string, signal: AbortSignal): Promise<number | null> {
    checkAddress(url);
    const response = await this.#once(url, { method: 'HEAD' }, signal);
    return response.ok ? contentLength(response) : null;
  }

  /** One try. @throws AppError model-file-missing, bad-file; AbortError */
  async #once(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    try {
      return await this.#fetch(url, init, signal);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      throw missing(url, error.status, error);
    }
  }

  /** @throws Broken when it may go better another time; AppError model-file-missing, bad-file */
  async #fetch(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      // The store is the cache; no cookie and no referrer is sent.
      response = await this.network.fetch(url, {
        ...init,
        signal,
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new Broken(null, 0, { cause: error });
    }
    const { status } = response;
    const passing = status === 408 || status === 425 || status === 429 || status >= 500;
    if (response.ok && isPage(response)) {
      await response.body?.cancel().catch(() => undefined);
      throw bad(url, WORDS.download.page);
    }
    if (response.ok || status === 416) return response;
    await response.body?.cancel().catch(() => undefined);
    if (passing) throw new Broken(status, retryAfter(response));
    // A server that does not answer HEAD may still give the file.
    if (init.method === 'HEAD' && (status === 405 || status === 501 || status === 403)) return response;
    throw missing(url, status);
  }
}

type Body = Blob | ReadableStream<Uint8Array<ArrayBuffer>>;

interface Answer {
  readonly from: number;
  /** Bytes of the whole file. */
  readonly total: number | null;
  readonly etag: string | null;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  cancel(): Promise<void>;
}

function answerOf(response: Response, from: number): Answer {
  const length = contentLength(response);
  const body = response.body ?? new Blob([]).stream();
  return {
    from,
    total: rangeTotal(response) ?? (length === null ? null : from + length),
    etag: strongTag(response),
    body,
    cancel: () => body.cancel().catch(() => undefined),
  };
}

/** The network failed; the received part is kept, and the download is tried again. */
class Broken extends Error {
  override readonly name = 'Broken';
  constructor(
    readonly status: number | null,
    readonly waitMs: number,
    options?: { cause?: unknown },
  ) {
    super(WORDS.download.connectionLost, options);
  }
}

/** The same bytes; an early end counts as a lost connection, not as a short file. */
function unbroken(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  expected: number | null,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let left = expected ?? 0;
  return new ReadableStream(
    {
      async pull(controller) {
        let part: ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
        try {
          part = await reader.read();
        } catch (error) {
          controller.error(new Broken(null, 0, { cause: error }));
          return;
        }
        if (part.value) {
          left -= part.value.length;
          controller.enqueue(part.value);
        } else if (left > 0) controller.error(new Broken(null, 0));
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** @throws AppError bad-file when it is not an address that a page may fetch */
function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const near = parsed?.hostname === 'localhost' || parsed?.hostname === '127.0.0.1';
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && near)) return;
  throw bad(url, WORDS.download.notHttps);
}

/** Length of the stored body; null for compressed transfers, whose header gives the compressed length. */
function contentLength(response: Response): number | null {
  const length = response.headers.get('content-length');
  if (length === null || response.headers.has('content-encoding')) return null;
  return /^\d{1,15}$/u.test(length) ? Number(length) : null;
}

/** A weak tag promises the same meaning, not the same bytes. */
function strongTag(response: Response): string | null {
  const tag = response.headers.get('etag');
  return tag?.startsWith('"') ? tag : null;
}

const contentRange = (response: Response): RegExpExecArray | null =>
  /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/u.exec(response.headers.get('content-range') ?? '');
const rangeStart = (response: Response): number | null => {
  const range = contentRange(response);
  return range ? Number(range[1]) : null;
};
const rangeTotal = (response: Response): number | null => {
  const total = contentRange(response)?.[2];
  return total === undefined || total === '*' ? null : Number(total);
};

/** Error pages and start pages are often sent with status 200. */
const isPage = (response: Response): boolean =>
  /^(?:text\/html|application\/xhtml)/iu.test(response.headers.get('content-type') ?? '');

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

const missing = (url: string, status: number | null, cause?: unknown): AppError =>
  new AppError({ kind: 'model-file-missing', url, status, from: 'network' }, { cause });

const bad = (url: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.download.failed(url.slice(0, 300), detail) });
