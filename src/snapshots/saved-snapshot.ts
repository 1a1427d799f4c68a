/** A copy of the newest snapshot, to be saved elsewhere. */
import type { Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { Connection } from '../storage/connection';
import { readHeader, type SnapshotMark } from './snapshot-format';
import { firstLine, lastMark, snapshotFile, snapshotNames } from './snapshot-folder';
import { WORDS } from './words';

/** Bytes that are copied at once. */
const PIECE = 8 * 1024 * 1024;
/** The file is copied again when it grew meanwhile. */
const ATTEMPTS = 3;

/**
 * The newest snapshot of a database up to its last mark. A copy: the file itself goes on to change, and browsers read no file
 * that has changed.
 * @param name of the copy
 * @param written the state that was written just now, if any was
 * @returns null where no snapshot has everything that is stored
 * @throws AbortError when stopped
 */
export async function savedSnapshot(
  connection: Pick<Connection, 'read'>,
  home: string,
  name: string,
  written: SnapshotMark | null,
  signal: StopSignal,
  onProgress: (progress: Progress) => void,
): Promise<File | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const [newest] = await snapshotNames().catch(() => []);
      const file = newest === undefined ? null : await snapshotFile(newest);
      const found = file && (await lastMark(file));
      if (!found || readHeader(await firstLine(file))?.home !== home) return null;
      if (!written && !(await isLast(connection, found.mark))) return null;
      return new File(await copied(file.slice(0, found.end), signal, onProgress), name, {
        type: 'application/jsonl',
      });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotReadableError')) throw error;
    }
  }
  return null;
}

/** Whether nothing was stored after a mark. */
async function isLast(connection: Pick<Connection, 'read'>, { seq }: SnapshotMark): Promise<boolean> {
  const later = await connection.read(['outbox'], (tx) =>
    tx.objectStore('outbox').getKey(IDBKeyRange.lowerBound(seq, true)),
  );
  return later === undefined;
}

async function copied(
  file: Blob,
  signal: StopSignal,
  onProgress: (progress: Progress) => void,
): Promise<Blob[]> {
  const pieces: Blob[] = [];
  for (let at = 0; at < file.size; at += PIECE) {
    signal.throwIfAborted();
    // A blob of its own each: the browser may keep it on its disk.
    pieces.push(new Blob([await file.slice(at, at + PIECE).arrayBuffer()]));
    onProgress({ label: WORDS.copying, done: Math.min(file.size, at + PIECE), total: file.size });
  }
  return pieces;
}
