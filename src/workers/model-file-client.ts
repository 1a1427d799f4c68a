/** Page side of the model file worker: reads streams, hands their bytes on, and reports progress. */
import { type Remote, transfer } from 'comlink';
import { rarely } from '../io/rarely';
import type { FileWork } from '../models/file-work';
import type { ModelFilesWorkerApi } from './model-file.worker';
import { STOP_TICKS, WorkerHandle, withWorker } from './worker-call';

/** A message for each piece of a download would be work for the page: they are gathered. */
const GATHER = 1024 * 1024;

type ModelFilesRemote = Remote<ModelFilesWorkerApi>;

export const workOnModelFiles: FileWork = {
  write: (place, content, range, signal, onProgress) =>
    withFileWorker(async (worker) => {
      const report = rarely(onProgress);
      try {
        await worker.call((remote, { listener }) => remote.open(place, range, listener(report)), { signal });
        if (content instanceof Blob) {
          await worker.call((remote, { listener }) => remote.appendBlob(content, listener(report)), {
            signal,
          });
        } else {
          await pour(content, range.from, report, signal, (chunk) =>
            worker.call((remote) => remote.append(transfer(chunk, [chunk.buffer])), { signal }),
          );
        }
        return await worker.call((remote) => remote.finish(), { signal });
      } catch (error) {
        if (!(content instanceof Blob)) await content.cancel(error).catch(() => undefined);
        throw error;
      }
    }),
  hash: (file, signal, onProgress) =>
    withFileWorker((worker) =>
      worker.call((remote, { listener }) => remote.hash(file, listener(rarely(onProgress))), { signal }),
    ),
};

/** Reads a stream to its end, in pieces of about one size. */
async function pour(
  content: ReadableStream<Uint8Array<ArrayBuffer>>,
  from: number,
  report: (bytes: number) => void,
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
    report(done);
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

/** One worker for one file. */
function withFileWorker<T>(work: (worker: WorkerHandle<ModelFilesRemote>) => Promise<T>): Promise<T> {
  const spawn = (): Worker =>
    new Worker(new URL('./model-file.worker.ts', import.meta.url), { type: 'module', name: 'model-files' });
  return withWorker(new WorkerHandle<ModelFilesRemote>('model-files', spawn), async (worker) => {
    try {
      return await work(worker);
    } finally {
      // The file is closed before anyone else may open it; a worker that died has closed it.
      if (worker.running)
        await worker.call((remote) => remote.stop(), { ticks: STOP_TICKS }).catch(() => undefined);
    }
  });
}
