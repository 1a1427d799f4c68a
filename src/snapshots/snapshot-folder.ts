/** The snapshots in the origin's private file system: `snapshots/s000001.jsonl`, the newest with the highest number. */
import { AppError } from '../core/errors';
import type { SyncFile } from '../io/sync-file';
import { storageFailure } from '../storage/open-database';
import { readLine, type SnapshotMark } from './snapshot-format';

const FOLDER = 'snapshots';
const NAME = /^s(\d{6,})\.jsonl$/u;
const LF = 10;
/** The last mark lies in the last bytes of a file, unless a piece after it was cut off. */
const TAIL = 256 * 1024;

/** What a worker gets. */
interface SyncHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}
/** A mark and where the line that holds it ends, in bytes. */
export interface LastMark {
  readonly mark: SnapshotMark;
  readonly end: number;
}

/** Names of all snapshots, the newest first; none where the browser has no such file system. */
export async function snapshotNames(): Promise<readonly string[]> {
  const names: string[] = [];
  const dir = await folder(false);
  if (!dir) return names;
  for await (const name of dir.keys()) if (NAME.test(name)) names.push(name);
  return names.sort((a, b) => numberOf(b) - numberOf(a));
}

/** Null when it is not there. */
export async function snapshotFile(name: string): Promise<File | null> {
  const dir = await folder(false);
  return (await unlessMissing(dir?.getFileHandle(name)))?.getFile() ?? null;
}

/** An empty one, newer than all others. @returns its name */
export async function newSnapshot(): Promise<string> {
  const [newest] = await snapshotNames();
  const number = newest === undefined ? 1 : numberOf(newest) + 1;
  const name = `s${String(number).padStart(6, '0')}.jsonl`;
  await (await folder(true))?.getFileHandle(name, { create: true });
  return name;
}

/** Writes `bytes` at `at`, and nothing stays behind them. In a worker only. @throws AppError storage-full, storage-unavailable */
export async function appendTo(name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const handle = (await (await folder(true))?.getFileHandle(name)) as SyncHandle | undefined;
    const file = await handle?.createSyncAccessHandle();
    if (!file) throw new DOMException('There is no file system.', 'NotFoundError');
    try {
      if (file.getSize() !== at) file.truncate(at);
      if (file.write(bytes, { at }) !== bytes.length) throw new DOMException('cut off', 'QuotaExceededError');
      file.flush();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new AppError(storageFailure(error), { cause: error });
  }
}

export async function removeSnapshot(name: string): Promise<void> {
  const dir = await folder(false);
  await unlessMissing(dir?.removeEntry(name));
}

/** The last mark of a snapshot, looked for from the end; null when there is none. */
export async function lastMark(file: File): Promise<LastMark | null> {
  for (let tail = TAIL; ; tail *= 8) {
    const from = Math.max(0, file.size - tail);
    const found = markIn(new Uint8Array(await file.slice(from).arrayBuffer()), from);
    if (found || from === 0) return found;
  }
}

function markIn(bytes: Uint8Array, from: number): LastMark | null {
  const decoder = new TextDecoder();
  for (let end = bytes.lastIndexOf(LF); end > 0;) {
    const start = bytes.lastIndexOf(LF, end - 1) + 1;
    // Where the piece begins, its first line may be cut.
    if (start === 0 && from > 0) return null;
    const read = isMark(bytes.subarray(start, end))
      ? readLine(parsed(decoder.decode(bytes.subarray(start, end))))
      : null;
    if (read?.line.kind === 'mark') return { mark: read.line.mark, end: from + end + 1 };
    end = start - 1;
  }
  return null;
}

const MARK = new TextEncoder().encode('{"kind":"mark"');
const isMark = (line: Uint8Array): boolean => MARK.every((byte, i) => line[i] === byte);

/** The first line of a snapshot. */
export async function firstLine(file: File): Promise<unknown> {
  const head = await file.slice(0, 1024).text();
  return parsed(head.slice(0, Math.max(0, head.indexOf('\n'))));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const numberOf = (name: string): number => Number(NAME.exec(name)?.[1] ?? 0);

/** Null when it may not be made, and where the browser has no private file system. */
async function folder(create: boolean): Promise<FileSystemDirectoryHandle | null> {
  const storage = (navigator as { readonly storage?: Partial<StorageManager> }).storage;
  if (!storage?.getDirectory) return null;
  const root = await storage.getDirectory();
  return unlessMissing(root.getDirectoryHandle(FOLDER, { create }));
}

async function unlessMissing<T>(found: Promise<T> | undefined): Promise<T | null> {
  try {
    return (await found) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}
