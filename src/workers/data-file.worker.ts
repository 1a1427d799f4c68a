/** The realm where files from outside are read: unpacked, parsed and checked off the page. */
import type { BackupRow } from '../core/ports';
import { type CheckedFile, checkDataFile, readDataFile, type ReadableFile } from '../import/data-file';
import { serve } from './worker-errors';

/** The page stops this work by ending the worker. */
const never = new AbortController().signal;
let reading: AsyncGenerator<readonly BackupRow[]> | null = null;

const api = {
  check(file: File, onProgress: (share: number) => void): Promise<CheckedFile> {
    return checkDataFile(file, never, onProgress);
  },
  /** Begins to read a file that was checked. */
  open(found: ReadableFile): void {
    reading = readDataFile(found, never);
  },
  /** The next rows; null at the end. Asked for one by one, so that no more are read than can be stored. */
  async next(): Promise<readonly BackupRow[] | null> {
    const step = await reading?.next();
    return step && step.done !== true ? step.value : null;
  },
};
export type DataFileWorkerApi = typeof api;
serve(api);
