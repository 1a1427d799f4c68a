/** Writes snapshots as data grows, and checks and restores them. The tab that writes them holds a lock. */
import { failureOf, type Failure } from '../core/errors';
import type { Progress } from '../core/ports';
import { admission } from '../snapshots/admission';
import { type CheckedSnapshot, checkSnapshot } from '../snapshots/read-snapshot';
import { differences } from '../snapshots/compare';
import { firstLine, lastMark, snapshotFile, snapshotNames } from '../snapshots/snapshot-folder';
import { restoreInto } from '../snapshots/restore';
import { readHeader, type SnapshotMark, type SNAPSHOT_STORES } from '../snapshots/snapshot-format';
import { isNewest, SnapshotWriter } from '../snapshots/snapshot-writer';
import { Connection } from '../storage/connection';
import { type Home, openHome } from '../storage/home';
import { serve } from './worker-errors';

const LOCK = 'snapshots';
/** Between two looks at what changed. */
const EVERY_MS = 5_000;
/** Larger snapshots are not compared with the database at each start. */
const COMPARED_BYTES = 64 * 1024 * 1024;

/** The page stops all other work by ending the worker. */
const never = new AbortController().signal;
/** Not null while this tab is the one that writes. */
let writing: (() => Promise<SnapshotMark | null>) | null = null;

const api = {
  /**
   * Writes snapshots from now on, once no other tab does.
   * @param accepted whether the user keeps a database that the snapshots were not written from
   * @param tell hears of each state that was written, and of failures; work goes on after them
   */
  async keep(home: Home, accepted: boolean, tell: (state: SnapshotMark | Failure) => void): Promise<void> {
    await navigator.locks.request(LOCK, async () => {
      const connection = new Connection({ home: () => openHome(home), admit: admission() });
      if (accepted) connection.accept();
      else if (await isRotten(connection, home)) {
        tell({ kind: 'storage-lost', cause: 'unreadable', detail: '' });
        return;
      }
      const writer = new SnapshotWriter(connection, home.name, accepted);
      let last: Promise<SnapshotMark | null> = Promise.resolve(null);
      writing = () => {
        last = last.then(async () => {
          try {
            const mark = await writer.catchUp();
            tell(mark);
            return mark;
          } catch (error) {
            tell(failureOf(error));
            return null;
          }
        });
        return last;
      };
      for (;;) {
        await writing();
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
    });
  },

  /** Writes what changed, now. @returns the state that is written; null when another tab writes, or when it failed */
  flush(): Promise<SnapshotMark | null> {
    return writing?.() ?? Promise.resolve(null);
  },

  /** @throws AppError as `checkSnapshot` does */
  check(file: File, onProgress: (bytes: number) => void): Promise<CheckedSnapshot> {
    return checkSnapshot(file, never, onProgress);
  },

  /** @throws AppError as `restoreInto` does */
  restore(
    home: Home,
    file: File,
    checked: Pick<CheckedSnapshot, 'mark'>,
    onProgress: (progress: Progress) => void,
    only?: typeof SNAPSHOT_STORES,
  ): Promise<void> {
    return restoreInto(home, file, checked, never, onProgress, only);
  },
};
/** Whether rows differ from the newest snapshot of this database, or cannot be read. */
async function isRotten(connection: Connection, home: Home): Promise<boolean> {
  try {
    const [name] = await snapshotNames();
    const file = name === undefined ? null : await snapshotFile(name);
    const found = file && (await lastMark(file));
    if (!found || file.size > COMPARED_BYTES) return false;
    if (readHeader(await firstLine(file))?.home !== home.name) return false;
    if (!(await isNewest(connection, found.mark))) return false;
    return (await differences(connection, file, found.mark, never)) > 0;
  } catch (error) {
    const { kind } = failureOf(error);
    // What else is wrong is told when the snapshot is written.
    return kind === 'storage-unavailable';
  }
}
export type SnapshotWorkerApi = typeof api;
serve(api);
