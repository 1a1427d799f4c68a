/** Page side of the snapshot worker: one that lives as long as the page and writes, and one for each check or restore. */
import type { Remote } from 'comlink';
import { type Failure, failureOf } from '../core/errors';
import type { Progress } from '../core/ports';
import { rarely } from '../io/rarely';
import type { CheckedSnapshot } from '../snapshots/read-snapshot';
import type { SnapshotMark, SNAPSHOT_STORES } from '../snapshots/snapshot-format';
import type { Home } from '../storage/home';
import type { SnapshotWorkerApi } from './snapshot.worker';
import { WorkerHandle, withWorker } from './worker-call';

const snapshotWorker = (): WorkerHandle<Remote<SnapshotWorkerApi>> =>
  new WorkerHandle(
    'snapshots',
    () => new Worker(new URL('./snapshot.worker.ts', import.meta.url), { type: 'module', name: 'snapshots' }),
  );

/** Keeps snapshots of a database while the page lives. */
export class SnapshotKeeper {
  readonly #worker = snapshotWorker();

  /**
   * @param accepted whether the user keeps a database that the snapshots were not written from
   * @param tell hears of each state that was written, and of failures
   */
  start(home: Home, accepted: boolean, tell: (state: SnapshotMark | Failure) => void): void {
    this.#worker
      .call((remote, { listener }) => remote.keep(home, accepted, listener(tell)))
      // It never returns: when the worker dies, nothing is written until the page is loaded again.
      .catch((error: unknown) => tell(failureOf(error)));
  }

  /** Writes what changed, now. @returns null when another tab writes them, or when it failed */
  async flush(): Promise<SnapshotMark | null> {
    return this.#worker.running ? this.#worker.call<SnapshotMark | null>((remote) => remote.flush()) : null;
  }

  stop(): void {
    this.#worker.terminate();
  }
}

/** Reads all of a snapshot. @throws AppError bad-file, worker-crashed; AbortError when stopped */
export function checkInWorker(
  file: File,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<CheckedSnapshot> {
  return withWorker(snapshotWorker(), (worker) =>
    worker.call<CheckedSnapshot>((remote, { listener }) => remote.check(file, listener(rarely(onProgress))), {
      signal,
    }),
  );
}

/**
 * Fills a home with a snapshot, which must have been checked.
 * @param only the stores to be filled; all of them by default
 * @throws AppError storage-full, storage-unavailable, worker-crashed; AbortError when stopped
 */
export function restoreInWorker(
  home: Home,
  file: File,
  { mark }: Pick<CheckedSnapshot, 'mark'>,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
  only?: typeof SNAPSHOT_STORES,
): Promise<void> {
  return withWorker(snapshotWorker(), (worker) =>
    worker.call((remote, { listener }) => remote.restore(home, file, { mark }, listener(onProgress), only), {
      signal,
    }),
  );
}
