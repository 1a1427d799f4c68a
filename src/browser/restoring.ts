/** Reading, restoring and saving snapshots: fetched when it is needed, as most visits need none of it. */
import { AppError, type Failure, failureOf } from '../core/errors';
import type { FoundSnapshot, SecondHome } from '../app/second-home';
import { markRuns } from '../app/run/run-mark';
import type { CheckedSnapshot } from '../snapshots/read-snapshot';
import { readableSnapshot } from '../snapshots/readable-snapshot';
import { deleteHome } from '../snapshots/restore';
import { savedSnapshot } from '../snapshots/saved-snapshot';
import { snapshotFile, snapshotNames } from '../snapshots/snapshot-folder';
import type { SnapshotMark } from '../snapshots/snapshot-format';
import type { Connection } from '../storage/connection';
import { currentHome, type Home, moveTo, nextHome } from '../storage/home';
import { checkInWorker, restoreInWorker } from '../workers/snapshot-client';
import { WORDS } from './words';

interface Found extends FoundSnapshot {
  readonly mark: SnapshotMark;
}

/** As `SecondHome.read`. */
export async function readSnapshot(
  ...[file, signal, report]: Parameters<SecondHome['read']>
): Promise<FoundSnapshot> {
  const checked: CheckedSnapshot = await checkInWorker(file, signal, (done) =>
    report({ label: WORDS.snapshots.checking, done, total: file.size }),
  );
  const { mark, content, cut } = checked;
  const found: Found = { file, at: mark.at, content, cut, mark };
  return found;
}

/** As `SecondHome.found`. */
export async function findSnapshots(
  ...[signal, report, files]: Parameters<SecondHome['found']>
): Promise<readonly FoundSnapshot[]> {
  const found: FoundSnapshot[] = [];
  for (const file of files ?? (await ownFiles())) {
    try {
      found.push(await readSnapshot(file, signal, report));
    } catch (error) {
      // One that is damaged from its beginning holds nothing: the others may be whole.
      if (!(error instanceof AppError && error.failure.kind === 'bad-file')) throw error;
    }
  }
  return found.sort((a, b) => b.at - a.at);
}

/** As `SecondHome.restore`. */
export async function restoreSnapshot(
  ...[snapshot, because, signal, report]: Parameters<SecondHome['restore']>
): Promise<void> {
  await move(because, (home) => restoreInWorker(home, snapshot.file, snapshot as Found, signal, report));
}

/** As `SecondHome.beginAnew`. */
export async function beginAnew(
  ...[because, newest, signal, report]: Parameters<SecondHome['beginAnew']>
): Promise<void> {
  await move(because, (home) =>
    newest
      ? restoreInWorker(home, newest.file, newest as Found, signal, report, ['models'])
      : deleteHome(home),
  );
  markRuns(false);
}

/**
 * Moves to a new home once it is filled. Damaged files of the browser may still open and let nothing be written: then the new
 * home lies apart from them.
 */
async function move(because: Failure | null, fill: (home: Home) => Promise<void>): Promise<void> {
  const old = await currentHome();
  const beside = nextHome(old, because?.kind === 'storage-unavailable');
  const apart = nextHome(old, true);
  let home = beside;
  try {
    await fill(home);
  } catch (error) {
    if (failureOf(error).kind !== 'storage-unavailable' || apart.bucket === beside.bucket) throw error;
    home = apart;
    await fill(home);
  }
  await moveTo(home);
  if (isEmptied(because)) await deleteHome(old).catch(() => undefined);
}

/** As `SecondHome.readable`. @param now milliseconds since 1970 */
export async function saveReadable(
  now: number,
  ...[signal, report]: Parameters<SecondHome['readable']>
): Promise<File> {
  return readableSnapshot(await currentHome(), WORDS.snapshots.fileName(now), now, signal, report);
}

/**
 * As `SecondHome.snapshot`.
 * @param written the state that was written just now, if any was
 * @param now milliseconds since 1970
 */
export async function saveSnapshot(
  connection: Connection,
  written: SnapshotMark | null,
  now: number,
  ...[signal, report]: Parameters<SecondHome['snapshot']>
): Promise<File> {
  const { name: home } = await currentHome();
  const name = WORDS.snapshots.fileName(now);
  // Where none is written, or another tab is writing one: from the database itself.
  return (
    (await savedSnapshot(connection, home, name, written, signal, report)) ??
    (await saveReadable(now, signal, report))
  );
}

/** The snapshots of this device. */
async function ownFiles(): Promise<File[]> {
  const files: File[] = [];
  for (const name of await snapshotNames().catch(() => [])) {
    const file = await snapshotFile(name);
    if (file) files.push(file);
  }
  return files;
}

/** Whether nothing is in the old database any more. */
const isEmptied = (because: Failure | null): boolean =>
  because?.kind === 'storage-lost' && (because.cause === 'cleared' || because.cause === 'damaged');
