/** The snapshots beside the database, and moving to a new database where the old one cannot be used. */
import { AppError, type Failure, failureOf } from '../core/errors';
import { Listeners } from '../core/listeners';
import type { FoundSnapshot, SecondHome, SnapshotState } from '../app/second-home';
import { markRuns } from '../app/run/run-mark';
import type { CheckedSnapshot } from '../snapshots/read-snapshot';
import { snapshotFile, snapshotNames } from '../snapshots/snapshot-folder';
import type { SnapshotMark } from '../snapshots/snapshot-format';
import { canSnapshot, type Connection } from '../storage/connection';
import { currentHome, type Home, moveTo, nextHome } from '../storage/home';
import { checkInWorker, restoreInWorker, SnapshotKeeper } from '../workers/snapshot-client';
import { WORDS } from './words';

/**
 * Milliseconds after which snapshots begin. The page loads first: their worker looks only every few seconds, and reads what
 * changed from the database.
 */
const BEGIN_MS = 3_000;
/** The address of a page that keeps everything in memory. */
const IN_MEMORY = 'memory';
export const isInMemory = (): boolean => new URLSearchParams(location.search).has(IN_MEMORY);

interface Found extends FoundSnapshot {
  readonly mark: SnapshotMark;
}

export class BrowserSecondHome implements SecondHome {
  readonly inMemory = isInMemory();
  readonly #keeper = new SnapshotKeeper();
  readonly #listeners = new Listeners<[SnapshotState]>();
  #state: SnapshotState = { at: null, failure: null };
  #accepted = false;
  #started = false;
  /** Until snapshots begin. */
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly now: () => number,
  ) {}

  async open(): Promise<Failure | null> {
    const failure = await this.connection.open();
    if (!failure && canSnapshot() && !this.inMemory && !this.#started) {
      this.#timer ??= setTimeout(() => void this.#begin(), BEGIN_MS);
    }
    return failure;
  }

  async flush(): Promise<void> {
    if (this.#timer !== null) await this.#begin();
    await this.#keeper.flush();
  }

  watch(listener: (state: SnapshotState) => void): () => void {
    listener(this.#state);
    return this.#listeners.add(listener);
  }

  async found(...[signal, report]: Parameters<SecondHome['found']>): Promise<readonly FoundSnapshot[]> {
    const found: FoundSnapshot[] = [];
    for (const name of await snapshotNames().catch(() => [])) {
      const file = await snapshotFile(name);
      try {
        if (file) found.push(await this.read(file, signal, report));
      } catch (error) {
        // One that is damaged from its beginning holds nothing: the others may be whole.
        if (!(error instanceof AppError && error.failure.kind === 'bad-file')) throw error;
      }
    }
    return found.sort((a, b) => b.at - a.at);
  }

  async read(...[file, signal, report]: Parameters<SecondHome['read']>): Promise<FoundSnapshot> {
    const checked: CheckedSnapshot = await checkInWorker(file, signal, (done) =>
      report({ label: WORDS.snapshots.checking, done, total: file.size }),
    );
    const { mark, content, cut } = checked;
    const found: Found = { file, at: mark.at, content, cut, mark };
    return found;
  }

  async restore(...[snapshot, because, signal, report]: Parameters<SecondHome['restore']>): Promise<void> {
    const old = await currentHome();
    const home = nextHome(old, because?.kind === 'storage-unavailable');
    await restoreInWorker(home, snapshot.file, snapshot as Found, signal, report);
    await moveTo(home);
    if (isEmptied(because)) await removed(old).catch(() => undefined);
  }

  async beginAnew(...[because, newest, signal, report]: Parameters<SecondHome['beginAnew']>): Promise<void> {
    const old = await currentHome();
    const home = nextHome(old, because.kind === 'storage-unavailable');
    if (newest) await restoreInWorker(home, newest.file, newest as Found, signal, report, ['models']);
    else await removed(home);
    await moveTo(home);
    markRuns(false);
    if (isEmptied(because)) await removed(old).catch(() => undefined);
  }

  goOn(): Promise<Failure | null> {
    this.connection.accept();
    this.#accepted = true;
    this.#started = false;
    this.#keeper.stop();
    return this.open();
  }

  async readable(...[signal, report]: Parameters<SecondHome['readable']>): Promise<File> {
    const now = this.now();
    const { readableSnapshot } = await import('../snapshots/readable-snapshot');
    return readableSnapshot(await currentHome(), WORDS.snapshots.fileName(now), now, signal, report);
  }

  restart(inMemory = false): void {
    const url = new URL(location.href);
    if (inMemory) url.searchParams.set(IN_MEMORY, '');
    else url.searchParams.delete(IN_MEMORY);
    if (url.href === location.href) location.reload();
    else location.replace(url);
  }

  async #begin(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#started) return;
    this.#started = true;
    this.#keeper.start(await currentHome(), this.#accepted, (state) => this.#tell(state));
  }

  #tell(state: SnapshotMark | Failure): void {
    this.#state =
      'kind' in state
        ? { ...this.#state, failure: failureOf(new AppError(state)) }
        : { at: state.at, failure: null };
    this.#listeners.notify(this.#state);
  }
}

/** Fetched when it is needed, as all that only a damaged database needs. */
const removed = async (home: Home): Promise<void> => (await import('../snapshots/restore')).deleteHome(home);

/** Whether nothing is in the old database any more. */
const isEmptied = (because: Failure | null): boolean =>
  because?.kind === 'storage-lost' && (because.cause === 'cleared' || because.cause === 'damaged');
