/** The realm where a model's file is written and hashed: one worker for each file, so that several use several cores. */
import { failed, type FilePlace, fileHandle } from '../models/model-folders';
import type { SyncFile } from '../io/sync-file';
import { FileWriter, hashOf, type WriteRange, type WrittenFile } from '../models/file-writer';
import { serve } from './worker-errors';

type Tell = (bytes: number) => void;

const stopped = new AbortController();
let file: SyncFile | null = null;
let writer: FileWriter | null = null;
/** The step that is running; the file is not closed under it. */
let step: Promise<unknown> = Promise.resolve();

const api = {
  open(place: FilePlace, range: WriteRange, tell: Tell): Promise<void> {
    return run(async () => {
      const handle = (await fileHandle(place, true)) as FileSystemFileHandle & {
        createSyncAccessHandle(): Promise<SyncFile>;
      };
      file = await handle.createSyncAccessHandle();
      writer = await FileWriter.open(file, range, stopped.signal, tell);
    });
  },
  append(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/require-await -- its errors become failures like the others'
    return run(async () => writer?.append(chunk));
  },
  appendBlob(blob: Blob, tell: Tell): Promise<void> {
    return run(async () => writer?.appendBlob(blob, stopped.signal, tell));
  },
  finish(): Promise<WrittenFile> {
    return run(async () => {
      if (!writer) throw new Error('No file is open.');
      const written = writer.finish();
      await file?.close();
      file = null;
      return written;
    });
  },
  /** Ends what is running and closes the file; what was written stays. */
  async stop(): Promise<void> {
    stopped.abort();
    await step;
    file?.flush();
    await file?.close();
    file = null;
  },
  hash(blob: Blob, tell: Tell): Promise<string> {
    return run(() => hashOf(blob, stopped.signal, tell));
  },
};
export type ModelFilesWorkerApi = typeof api;
serve(api);

/** Errors of the disk become failures, and all errors AbortError once the page asked to stop. */
function run<T>(work: () => Promise<T>): Promise<T> {
  const running = work().catch((error: unknown) => {
    stopped.signal.throwIfAborted();
    throw failed(error);
  });
  step = running.catch(() => undefined);
  return running;
}
