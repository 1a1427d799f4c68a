/** The snapshots beside the database, and moving to a new database where the old one cannot be used. */
import { AppError, type Failure, failureOf } from '../core/errors';
import { Listeners } from '../core/listeners';
import type { FoundSnapshot, SecondHome, SnapshotState } from '../app/second-home';
import type { SnapshotMark } from '../snapshots/snapshot-format';
import { canSnapshot, type Connection } from '../storage/connection';
import type { StoreName } from '../storage/schema';
import { currentHome } from '../storage/home';
import { SnapshotKeeper } from '../workers/snapshot-client';

/**
 * Milliseconds after which snapshots begin. The page loads first: their worker looks only every few seconds, and reads what
 * changed from the database.
 */
const BEGIN_MS = 3_000;
/** The address of a page that keeps everything in memory. */
const IN_MEMORY = 'memory';
export const isInMemory = (): boolean => new URLSearchParams(location.search).has(IN_MEMORY);

/** Stores with rows that users make, or have made for them. */
const MADE: readonly StoreName[] = [
  'runs',
  'tasks',
  'candidates',
  'calls',
  'ratings',
  'seedSets',
  'trainings',
  'evaluations',
  'answers',
  'grades',
  'plans',
];

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
    await this.#flush();
  }

  watch(listener: (state: SnapshotState) => void): () => void {
    listener(this.#state);
    return this.#listeners.add(listener);
  }

  watchRows(listener: (rows: number) => void): () => void {
    return this.connection.watch((changed, elsewhere) => {
      let rows = 0;
      for (const [store, keys] of changed) if (MADE.includes(store)) rows += keys.size;
      if (!elsewhere && rows > 0) listener(rows);
    });
  }

  async snapshot(...args: Parameters<SecondHome['snapshot']>): Promise<File> {
    const written = await this.#flush();
    return (await restoring()).saveSnapshot(this.connection, written, this.now(), ...args);
  }
  async found(...args: Parameters<SecondHome['found']>): Promise<readonly FoundSnapshot[]> {
    return (await restoring()).findSnapshots(...args);
  }
  async read(...args: Parameters<SecondHome['read']>): Promise<FoundSnapshot> {
    return (await restoring()).readSnapshot(...args);
  }
  async restore(...args: Parameters<SecondHome['restore']>): Promise<void> {
    return (await restoring()).restoreSnapshot(...args);
  }
  async beginAnew(...args: Parameters<SecondHome['beginAnew']>): Promise<void> {
    return (await restoring()).beginAnew(...args);
  }
  async readable(...args: Parameters<SecondHome['readable']>): Promise<File> {
    return (await restoring()).saveReadable(this.now(), ...args);
  }

  goOn(): Promise<Failure | null> {
    this.connection.accept();
    this.#accepted = true;
    this.#started = false;
    this.#keeper.stop();
    return this.open();
  }

  /** Writes no snapshots any more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#keeper.stop();
  }

  restart(inMemory = false): void {
    const url = new URL(location.href);
    if (inMemory) url.searchParams.set(IN_MEMORY, '');
    else url.searchParams.delete(IN_MEMORY);
    if (url.href === location.href) location.reload();
    else location.replace(url);
  }

  async #flush(): Promise<SnapshotMark | null> {
    if (this.#timer !== null) await this.#begin();
    return this.#keeper.flush();
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

const restoring = () => import('./restoring');
