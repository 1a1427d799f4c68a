/** Requests for files of models: what may be asked, what is worth another try, and what is not the file. */
import { AppError } from '../core/errors';
import { StallWatch, watchedResponse } from '../io/stall-watch';
import { plainAddress } from '../storage/plain-address';
import { WORDS } from './words';

/** What tests change. */
export interface Network {
  readonly fetch: typeof fetch;
  /** @throws AbortError */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Length of a tick of the watchdog, in milliseconds; that of the app when absent. */
  readonly tickMs?: number;
}

/** Ticks without a byte after which a download counts as broken, and is tried again from where it stopped. */
const STALL_TICKS = 4;

/** The network of the page. */
export const PAGE_NETWORK: Network = {
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

/** The network failed; the received part is kept, and the download is tried again. */
export class Broken extends Error {
  override readonly name = 'Broken';
  /** @param failure what to tell when no further try helps; absent: the file could not be reached */
  constructor(
    readonly status: number | null,
    readonly waitMs: number,
    options?: { cause?: unknown },
    readonly failure?: AppError,
  ) {
    super(WORDS.download.connectionLost, options);
  }
}

/**
 * The body fails when nothing comes for long.
 * @throws Broken when it may go better another time; AppError model-file-missing, bad-file; AbortError
 */
export async function ask(
  network: Network,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Response> {
  const watch = new StallWatch(signal, STALL_TICKS, network.tickMs);
  let response: Response;
  try {
    // The store is the cache; no cookie and no referrer is sent.
    response = await network.fetch(url, {
      ...init,
      signal: watch.signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch (error) {
    watch.stop();
    signal.throwIfAborted();
    throw new Broken(null, 0, { cause: error });
  }
  watch.alive();
  if (response.ok && !isPage(response)) return watchedResponse(response, watch);
  try {
    return await refused(response, url, init);
  } finally {
    watch.stop();
  }
}

/** @returns answers that say something without the file; throws for all others, as `ask` */
async function refused(response: Response, url: string, init: RequestInit): Promise<Response> {
  const { status } = response;
  const passing = status === 408 || status === 425 || status === 429 || status >= 500;
  await response.body?.cancel().catch(() => undefined);
  if (response.ok) throw bad(url, WORDS.download.page);
  if (status === 416) return response;
  if (passing) throw new Broken(status, retryAfter(response));
  // A server that does not answer HEAD may still give the file.
  if (init.method === 'HEAD' && (status === 405 || status === 501 || status === 403)) return response;
  throw missing(url, status);
}

/** One try. @throws AppError model-file-missing, bad-file; AbortError */
export async function askOnce(
  network: Network,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await ask(network, url, init, signal);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    throw missing(url, error.status, error);
  }
}

/** A small file, which is not stored. @throws AppError model-file-missing, bad-file when it is longer; AbortError */
export async function readSmall(
  network: Network,
  url: string,
  most: number,
  signal: AbortSignal,
): Promise<Blob> {
  const response = await askOnce(network, url, {}, signal);
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

/** The file cannot be had from there. */
export const missing = (url: string, status: number | null, cause?: unknown): AppError =>
  new AppError({ kind: 'model-file-missing', url: plainAddress(url), status, from: 'network' }, { cause });

/** What is there is not the file. */
export const bad = (url: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.download.failed(plainAddress(url).slice(0, 300), detail) });

/** Error pages and start pages are often sent with status 200. */
const isPage = (response: Response): boolean =>
  /^(?:text\/html|application\/xhtml)/iu.test(response.headers.get('content-type') ?? '');

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
