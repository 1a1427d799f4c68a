/** Page side of the file worker: one worker for each file, ended when it is read or no longer wanted. */
import type { Remote } from 'comlink';
import type { BackupRow } from '../core/ports';
import type { CheckedFile, ReadableFile } from '../import/data-file';
import { rarely } from '../io/rarely';
import type { DataFileWorkerApi } from './data-file.worker';
import { WorkerHandle, withWorker } from './worker-call';

const fileWorker = (): WorkerHandle<Remote<DataFileWorkerApi>> =>
  new WorkerHandle(
    'file',
    () => new Worker(new URL('./data-file.worker.ts', import.meta.url), { type: 'module', name: 'file' }),
  );

/** @throws AppError bad-file, worker-crashed; AbortError when stopped. */
export function checkInWorker(
  file: File,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<CheckedFile> {
  return withWorker(fileWorker(), (worker) =>
    worker.call<CheckedFile>((remote, { listener }) => remote.check(file, listener(rarely(onProgress))), {
      signal,
    }),
  );
}

/** The rows of a file that was checked. Call it once the rows are wanted: it starts a worker. */
export async function* readInWorker(
  found: ReadableFile,
  signal: AbortSignal,
): AsyncGenerator<readonly BackupRow[]> {
  const worker = fileWorker();
  try {
    await worker.call((remote) => remote.open(bare(found)), { signal });
    for (;;) {
      const page = await worker.call((remote) => remote.next(), { signal });
      if (page === null) return;
      yield page;
    }
  } finally {
    worker.terminate();
  }
}

/** What the worker needs, without what only screens show. */
const bare = (found: ReadableFile): ReadableFile => {
  if (found.kind === 'backup') return { kind: 'backup', file: found.file, ratings: found.ratings };
  const { parts, shape, ratings } = found;
  return { kind: 'dataset', parts, shape, ratings };
};
