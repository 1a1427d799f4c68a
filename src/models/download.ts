/**
 * Downloads files into a staging folder. An interrupted download resumes where it stopped, also after a reload; a wrong
 * body is removed.
 */
import { AppError } from '../core/errors';
import type { StoredFile } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { Mirror, MirrorManifest } from './mirror';
import type { ModelStaging } from './model-store';
import { ask, askOnce, bad, Broken, missing, type Network, PAGE_NETWORK, readSmall } from './network';
import { WORDS } from './words';

/** A file to be fetched, with what is known of it before. Where its SHA-256 is known, the mirror is asked first. */
export interface WantedFile {
  /** Null for a file that only the mirror has. */
  readonly url: string | null;
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

/** Attempts in a row without a single byte. */
const TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;
const PARALLEL = 3;
/** Bytes that are taken from a server that does not say how many there are: more than any model that runs in a browser. */
const MOST_UNSAID = 4_000_000_000;

/** Downloads the files of models; partial files are kept and resumed. */
export class Downloader {
  /** @param mirror where the app lies; null for none */
  constructor(
    private readonly notes: DownloadNotes,
    private readonly network: Network = PAGE_NETWORK,
    private readonly mirror: Mirror | null = null,
    private readonly mostUnsaid = MOST_UNSAID,
  ) {}

  /**
   * The size of all files together, before anything is downloaded; null when a server does not tell.
   * @throws AppError bad-file, model-file-missing; AbortError
   */
  async size(files: readonly WantedFile[], signal: AbortSignal): Promise<number | null> {
    const sizes = await Promise.all(
      files.map(async (file) => file.bytes ?? (await this.#length(file, signal))),
    );
    return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }

  /** A small file, which is not stored. @throws AppError model-file-missing, bad-file when it is longer; AbortError */
  read(url: string, most: number, signal: AbortSignal): Promise<Blob> {
    checkAddress(url);
    return readSmall(this.network, url, most, signal);
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
        ? await this.#length(files[0], signal).catch(() => null)
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

  /**
   * What lies beside the pieces of a mirrored file, as its licence: stored with it, so that it goes where the model goes.
   * A file that cannot be had is left out.
   * @throws AppError storage-full, storage-unavailable; AbortError
   */
  async besideMirrored(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
  ): Promise<readonly StoredFile[]> {
    const mirrored = await this.#inMirror(file, signal);
    const stored: StoredFile[] = [];
    for (const { name, ...promised } of mirrored?.beside ?? []) {
      const content = await this.mirror?.beside(file.sha256 ?? '', name, signal).catch(() => null);
      signal.throwIfAborted();
      if (content) stored.push(await staging.write(name, content, promised, signal));
    }
    return stored;
  }

  /** Removes the notes of these files, once they are published or discarded. */
  async forget(files: readonly WantedFile[]): Promise<void> {
    await Promise.all(files.flatMap(({ url }) => (url === null ? [] : [this.notes.delete(url)])));
  }

  /**
   * From the mirror if it has the file, else from its address; what came from one is resumed from the other.
   * @param onProgress bytes of the file that are here
   */
  async fetchOne(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<StoredFile> {
    const mirrored = await this.#inMirror(file, signal);
    const { url } = file;
    const fromAddress = async (): Promise<StoredFile> => {
      if (url === null) throw missing(addressOf(file, this.mirror), null);
      checkAddress(url);
      return this.#persist(file, staging, signal, () => this.#attempt(file, staging, signal, onProgress));
    };
    if (!mirrored) return fromAddress();
    try {
      return await this.#persist(file, staging, signal, () =>
        this.#fromMirror(mirrored, file, staging, signal, onProgress),
      );
    } catch (error) {
      if (url === null || !(error instanceof AppError) || !isOfSource(error)) throw error;
      // When the address fails too, the nearer fault is told.
      return fromAddress().catch((other: unknown) => {
        throw other instanceof AppError && isOfSource(other) ? error : other;
      });
    }
  }

  /** Tries again for as long as something comes. */
  async #persist(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    attempt: () => Promise<StoredFile>,
  ): Promise<StoredFile> {
    for (let failed = 0, before = -1; ;) {
      signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Broken)) throw error;
        const here = await staging.size(file.name);
        failed = here > before ? 1 : failed + 1;
        before = here;
        if (failed === TRIES) {
          throw error.failure ?? missing(addressOf(file, this.mirror), error.status, error);
        }
        const wait = Math.max(error.waitMs, FIRST_WAIT_MS * 2 ** (failed - 1));
        await this.network.wait(Math.min(MAX_WAIT_MS, wait), signal);
      }
    }
  }

  async #inMirror({ sha256 }: WantedFile, signal: AbortSignal): Promise<MirrorManifest | null> {
    return sha256 === undefined ? null : ((await this.mirror?.find(sha256, signal)) ?? null);
  }

  async #fromMirror(
    manifest: MirrorManifest,
    { name, url }: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<StoredFile> {
    const { mirror } = this;
    if (!mirror) throw new Error('There is no mirror.');
    const { bytes, sha256 } = manifest;
    const from = mirror.wholePieces(manifest, await staging.size(name));
    // For the address, should it have to go on: that file is known by its hash.
    if (url !== null) await this.notes.set(url, { etag: null, bytes });
    const content = mirror.read(manifest, from, signal, onProgress);
    return staging.write(name, content, { from, bytes, sha256 }, signal);
  }

  async #attempt(
    file: WantedFile,
    staging: ModelStaging,
    signal: AbortSignal,
    onProgress: (bytes: number) => void,
  ): Promise<StoredFile> {
    const { name, sha256, md5 } = file;
    const url = file.url ?? '';
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
    const answer = await this.#ask({ ...file, url }, here, note, signal);
    const bytes = file.bytes ?? answer.total ?? undefined;
    if (file.bytes !== undefined && answer.total !== null && answer.total !== file.bytes) {
      await answer.cancel();
      throw bad(url, WORDS.download.otherSize(answer.total, file.bytes));
    }
    if (answer.from === 0) await this.notes.set(url, { etag: answer.etag, bytes: answer.total });
    const most = (bytes ?? this.mostUnsaid) - answer.from;
    const tooLong = bad(url, WORDS.download.tooLong);
    return keep(
      answer.from,
      bytes,
      unbroken(answer.body, { least: bytes === undefined ? 0 : most, most, tooLong }),
    );
  }

  /** The file, or the rest of it when the server can prove that it belongs to what is here. */
  async #ask(
    { url, sha256, md5 }: WantedFile & { readonly url: string },
    here: number,
    note: DownloadNote | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    // Without a proof that the file is unchanged, the rest might not belong to its beginning.
    const provable = note !== undefined && (note.etag ?? sha256 ?? md5 ?? null) !== null;
    if (here > 0 && provable) {
      const response = await ask(this.network, url, { headers: { Range: `bytes=${here}-` } }, signal);
      const same = note.etag === null || strongTag(response) === note.etag;
      if (response.status === 206 && same && rangeStart(response) === here) return answerOf(response, here);
      if (response.status === 200) return answerOf(response, 0);
      await response.body?.cancel().catch(() => undefined);
    }
    const response = await ask(this.network, url, {}, signal);
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined);
      throw missing(url, response.status);
    }
    return answerOf(response, 0);
  }

  async #length(file: WantedFile, signal: AbortSignal): Promise<number | null> {
    const mirrored = await this.#inMirror(file, signal);
    if (mirrored) return mirrored.bytes;
    const { url } = file;
    if (url === null) throw missing(addressOf(file, this.mirror), null);
    checkAddress(url);
    const response = await askOnce(this.network, url, { method: 'HEAD' }, signal);
    return response.ok ? contentLength(response) : null;
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

/** The same bytes; an early end counts as a lost connection, not as a short file, and one that does not end as no file. */
function unbroken(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { least, most, tooLong }: { readonly least: number; readonly most: number; readonly tooLong: AppError },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let bytes = 0;
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
          bytes += part.value.length;
          if (bytes <= most) controller.enqueue(part.value);
          else {
            controller.error(tooLong);
            await reader.cancel().catch(() => undefined);
          }
        } else if (bytes < least) controller.error(new Broken(null, 0));
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
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

/** @throws AppError bad-file when it is not an address that a page may fetch */
function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const near = parsed?.hostname === 'localhost' || parsed?.hostname === '127.0.0.1';
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && near)) return;
  throw bad(url, WORDS.download.notHttps);
}

/** Whether another source of the same file may do better. */
const isOfSource = ({ failure: { kind } }: AppError): boolean =>
  kind === 'model-file-missing' || kind === 'bad-file';

const addressOf = ({ url, sha256 }: WantedFile, mirror: Mirror | null): string =>
  url ?? `${mirror?.folder ?? ''}${sha256 ?? ''}`;
