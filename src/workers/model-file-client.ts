/** Page side of the model file worker: reads streams, hands their bytes on, and tells how far it is. */
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { FileWork } from '../models/file-work';
import type { ModelFilesWorkerApi } from './model-file.worker';
import { fromOutcome, type Outcome } from './outcome';

/** A message for each piece of a download would be work for the page: they are gathered. */
const GATHER = 1024 * 1024;
/** Progress is told this often at most. */
const TELL_MS = 100;

export const workOnModelFiles: FileWork = {
  write: (place, content, range, signal, onProgress) =>
    withWorker(signal, onProgress, async (remote, alive, tell) => {
      try {
        await alive(remote.open(place, range, proxy(tell)));
        if (content instanceof Blob) await alive(remote.appendBlob(content, proxy(tell)));
        else
          await pour(content, range.from, tell, signal, (chunk) =>
            alive(remote.append(transfer(chunk, [chunk.buffer]))),
          );
        return await alive(remote.finish());
      } catch (error) {
        if (!(content instanceof Blob)) await content.cancel(error).catch(() => undefined);
        throw error;
      }
    }),
  hash: (file, signal, onProgress) =>
    withWorker(signal, onProgress, (remote, alive, tell) => alive(remote.hash(file, proxy(tell)))),
};

/** Reads a stream to its end, in pieces of about one size. */
async function pour(
  content: ReadableStream<Uint8Array<ArrayBuffer>>,
  from: number,
  tell: (bytes: number) => void,
  signal: AbortSignal,
  append: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const reader = content.getReader();
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel);
  let done = from;
  let gathered = new Uint8Array(GATHER);
  let used = 0;
  const flush = async (): Promise<void> => {
    if (used === 0) return;
    const chunk = used === GATHER ? gathered : gathered.slice(0, used);
    gathered = new Uint8Array(GATHER);
    done += used;
    used = 0;
    await append(chunk);
    tell(done);
  };
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (let at = 0; at < part.value.length;) {
        const piece = part.value.subarray(at, at + GATHER - used);
        gathered.set(piece, used);
        used += piece.length;
        at += piece.length;
        if (used === GATHER) await flush();
      }
    }
    signal.throwIfAborted();
  } catch (error) {
    // A broken connection: what came before it is kept.
    if (!signal.aborted) await flush().catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    reader.releaseLock();
  }
  await flush();
}

type Alive = <T>(work: Promise<Outcome<T>>) => Promise<T>;

async function withWorker<T>(
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
  work: (remote: Remote<ModelFilesWorkerApi>, alive: Alive, tell: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./model-file.worker.ts', import.meta.url), {
    type: 'module',
    name: 'model-files',
  });
  const remote = wrap<ModelFilesWorkerApi>(worker);
  const over = new AbortController();
  const death = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new DOMException('Stopped', 'AbortError'));
    signal.addEventListener('abort', stop, { signal: over.signal });
    worker.addEventListener('error', ({ message }) => {
      const detail = message || 'no reason given';
      reject(new AppError({ kind: 'worker-crashed', worker: 'model-files', detail }));
    });
  });
  death.catch(() => undefined);
  const crash = new Promise<void>((resolve) => worker.addEventListener('error', () => resolve()));
  let told = 0;
  const tell = (bytes: number): void => {
    const now = performance.now();
    if (over.signal.aborted || now - told < TELL_MS) return;
    told = now;
    onProgress(bytes);
  };
  try {
    return await work(remote, async (call) => fromOutcome(await Promise.race([call, death])), tell);
  } finally {
    over.abort();
    // The file is let go before anyone else may open it; a worker that died has let go of it.
    await Promise.race([remote.stop(), crash]);
    worker.terminate();
  }
}
