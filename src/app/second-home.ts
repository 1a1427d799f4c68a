/** What screens know of the copies of the data beside the database. */
import type { Failure } from '../core/errors';
import type { Progress } from '../core/ports';
import type { SnapshotContent } from '../core/snapshot-content';

/** A snapshot that was read whole and can be restored. */
export interface FoundSnapshot {
  readonly file: File;
  /** The state that it holds, in milliseconds since 1970. */
  readonly at: number;
  readonly content: SnapshotContent;
  /** Whether something newer in it is damaged or incomplete. */
  readonly cut: boolean;
}
/** How far the snapshots of this database are. */
export interface SnapshotState {
  /** The newest one, in milliseconds since 1970; null before there is one. */
  readonly at: number | null;
  /** Why none is written at the moment. */
  readonly failure: Failure | null;
}
type Report = (progress: Progress) => void;

export interface SecondHome {
  /** Opens the database. @returns why it cannot be used; null when it is open */
  open(): Promise<Failure | null>;
  /** Whether this tab keeps everything in memory only. */
  readonly inMemory: boolean;
  /** Writes what changed since the last snapshot, now. */
  flush(): Promise<void>;
  /** Called when the state changes, and at once. @returns a function that ends it */
  watch(listener: (state: SnapshotState) => void): () => void;
  /**
   * Called after each transaction of this tab that changed rows which users make, with how many.
   * @returns a function that ends it
   */
  watchRows(listener: (rows: number) => void): () => void;
  /** All that is stored, as a file. @throws AppError storage-unavailable; AbortError when stopped */
  snapshot(signal: AbortSignal, report: Report): Promise<File>;
  /**
   * All that can be restored, the newest first.
   * @param files to look at in place of the snapshots of this device
   * @throws AbortError when stopped
   */
  found(signal: AbortSignal, report: Report, files?: readonly File[]): Promise<readonly FoundSnapshot[]>;
  /** Reads a snapshot from a file. @throws AppError bad-file; AbortError when stopped */
  read(file: File, signal: AbortSignal, report: Report): Promise<FoundSnapshot>;
  /**
   * Fills a new database with a snapshot and uses it from the next load of the page on. The old one stays, unless the
   * browser has emptied it.
   * @param because why the old one is not used
   * @throws AppError storage-full, storage-unavailable, bad-file; AbortError when stopped: then nothing has changed
   */
  restore(
    snapshot: FoundSnapshot,
    because: Failure | null,
    signal: AbortSignal,
    report: Report,
  ): Promise<void>;
  /**
   * Uses a new and empty database from the next load of the page on.
   * @param newest names the models whose files are still here: they stay
   */
  beginAnew(
    because: Failure,
    newest: FoundSnapshot | null,
    signal: AbortSignal,
    report: Report,
  ): Promise<void>;
  /** Uses the database as it is, although the newest snapshot holds more. */
  goOn(): Promise<Failure | null>;
  /** What can be read of a newer database, as a file. */
  readable(signal: AbortSignal, report: Report): Promise<File>;
  /** Loads the page again. @param inMemory keeps everything in memory from then on */
  restart(inMemory?: boolean): void;
}
