/** Page side of the file worker: one worker for each file, ended when it is read or no longer wanted. */
import { proxy, type Remote, wrap } from 'comlink';
import { AppError } from '../core/errors';
import type { BackupRow } from '../core/ports';
import type { CheckedFile, ReadableFile } from '../import/data-file';
import type { DataFileWorkerApi } from './data-file.worker';
import { fromOutcome, type Outcome } from './outcome';

/** Progress is told this often at most: a message for each slice would be work for the page. */
const TELL_MS = 100;

/** @throws AppError bad-file, worker-crashed; AbortError when stopped. */
export function checkInWorker(
  file: File,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<CheckedFile> {
  return withWorker(signal, async (remote, alive) => {
    let told = 0;
    const tell = (share: number): void => {
      const now = performance.now();
      if (now - told < TELL_MS) return;
      told = now;
      onProgress(share);
    };
    const check: Promise<Outcome<CheckedFile>> = remote.check(file, proxy(tell));
    return fromOutcome(await alive(check));
  });
}

/** The rows of a file that was checked. Call it once the rows are wanted: it starts a worker. */
export async function* readInWorker(
  found: ReadableFile,
  signal: AbortSignal,
): AsyncGenerator<readonly BackupRow[]> {
  const { remote, alive, end } = start(signal);
  try {
    await alive(remote.open(bare(found)));
    for (;;) {
      const next: Promise<Outcome<readonly BackupRow[] | null>> = remote.next();
      const page = fromOutcome(await alive(next));
      if (page === null) return;
      yield page;
    }
  } finally {
    end();
  }
}

/** What the worker needs, without what only screens show. */
const bare = (found: ReadableFile): ReadableFile => {
  if (found.kind === 'backup') return { kind: 'backup', file: found.file, ratings: found.ratings };
  const { parts, shape, ratings } = found;
  return { kind: 'dataset', parts, shape, ratings };
};

type Alive = <T>(work: Promise<T>) => Promise<T>;

async function withWorker<T>(
  signal: AbortSignal,
  work: (remote: Remote<DataFileWorkerApi>, alive: Alive) => Promise<T>,
): Promise<T> {
  const { remote, alive, end } = start(signal);
  try {
    return await work(remote, alive);
  } finally {
    end();
  }
}

function start(signal: AbortSignal): {
  readonly remote: Remote<DataFileWorkerApi>;
  /** Waits for the worker's answer, but not after it died or was stopped. */
  readonly alive: Alive;
  readonly end: () => void;
} {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./data-file.worker.ts', import.meta.url), {
    type: 'module',
    name: 'file',
  });
  const over = new AbortController();
  const death = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new DOMException('Stopped', 'AbortError'));
    signal.addEventListener('abort', stop, { signal: over.signal });
    worker.addEventListener('error', ({ message }) => {
      reject(new AppError({ kind: 'worker-crashed', worker: 'file', detail: message || 'no reason given' }));
    });
  });
  death.catch(() => undefined);
  return {
    remote: wrap<DataFileWorkerApi>(worker),
    alive: (work) => Promise.race([work, death]),
    end: () => {
      over.abort();
      worker.terminate();
    },
  };
}
