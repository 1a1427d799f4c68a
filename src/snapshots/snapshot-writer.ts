/**
 * Keeps the newest snapshot up to the state of the database. The outbox tells which rows changed since the last mark; only
 * those are read and appended. Runs in a worker, in one tab at a time.
 */
import { AppError } from '../core/errors';
import type { Connection, ReadTransaction } from '../storage/connection';
import { newToken } from '../storage/outbox';
import type { OutboxEntry, SnapshotStore } from '../storage/schema';
import {
  LineWriter,
  readHeader,
  SNAPSHOT_STORES,
  snapshotHeader,
  type SnapshotCounts,
  type SnapshotMark,
} from './snapshot-format';
import {
  appendTo,
  firstLine,
  lastMark,
  newSnapshot,
  removeSnapshot,
  snapshotFile,
  snapshotNames,
} from './snapshot-folder';

/** Snapshots that are kept. */
const KEPT = 3;
/** Older ones go before all of them take more than this, in bytes. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** A snapshot is closed after a day, so that the kept ones show different days. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** A snapshot is written again when rows that were written again make it longer than twice its beginning and this. */
const SLACK_BYTES = 16 * 1024 * 1024;
/** Transactions of the outbox that are read at once. */
const ENTRIES = 200;
/** Rows that are read at once: writers wait for as long. */
const ROWS = 250;

/** The snapshot that is written. */
interface Current {
  readonly name: string;
  readonly begunAt: number;
  /** Bytes that are written and whole. */
  bytes: number;
  readonly writer: LineWriter;
  /** The last transaction that is in the file, by its number and token. It is ahead of the mark while a long change is written. */
  seq: number;
  token: number;
  /** Null before the first mark. */
  mark: SnapshotMark | null;
}

/** What changed, each row once; ranges keep their place. */
type Change = OutboxEntry['changes'][number];

export class SnapshotWriter {
  #current: Current | null = null;
  #begun = false;

  /**
   * @param home name of the database
   * @param fresh whether the snapshots that are there are not continued
   */
  constructor(
    private readonly connection: Connection,
    private readonly home: string,
    private readonly fresh = false,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Appends what changed since the last time.
   * @returns the newest mark
   * @throws AppError storage-full, storage-unavailable
   */
  async catchUp(): Promise<SnapshotMark> {
    if (!this.fresh || this.#begun) this.#current ??= await this.#resumed();
    if (this.#current && (await this.#isDue(this.#current))) this.#current = null;
    try {
      this.#current ??= await this.#begin();
      return await this.#append(this.#current);
    } catch (error) {
      const full = error instanceof AppError && error.failure.kind === 'storage-full';
      if (!full || !(await this.#makeRoom())) {
        this.#current = null;
        throw error;
      }
      return this.catchUp();
    }
  }

  /** The newest snapshot, if it ends with a state of this database. */
  async #resumed(): Promise<Current | null> {
    for (const name of await snapshotNames()) {
      const file = await snapshotFile(name);
      const found = file && (await lastMark(file));
      // A first piece that was never finished.
      if (!found) {
        await removeSnapshot(name);
        continue;
      }
      const header = readHeader(await firstLine(file));
      const { mark, end } = found;
      if (header?.home !== this.home || !(await isNewest(this.connection, mark))) return null;
      const writer = new LineWriter(mark.lines, mark.chain);
      writer.mark(mark);
      writer.take();
      return { name, begunAt: header.begunAt, bytes: end, writer, seq: mark.seq, token: mark.token, mark };
    }
    return null;
  }

  /** Whether a new snapshot should be begun: something changed, and the file is a day old or mostly outdated. */
  async #isDue({ begunAt, bytes, seq, mark }: Current): Promise<boolean> {
    const age = this.now() - begunAt;
    const old = age > DAY_MS || age < -DAY_MS;
    if (!old && bytes <= 2 * (mark?.base ?? 0) + SLACK_BYTES) return false;
    const newer = await this.connection.read(['outbox'], (tx) =>
      tx.objectStore('outbox').getKey(IDBKeyRange.lowerBound(seq, true)),
    );
    return newer !== undefined;
  }

  /** Writes all rows as they stand; what changes meanwhile is in the outbox and follows. */
  async #begin(): Promise<Current> {
    // So that there is a transaction to name in the mark.
    await this.connection.write(['outbox'], 'relaxed', async (tx) => {
      if ((await tx.lastKey('outbox')) === undefined) tx.put('outbox', { token: newToken(), changes: [] });
    });
    const name = await newSnapshot();
    const begunAt = this.now();
    const writer = new LineWriter();
    const current: Current = { name, begunAt, bytes: 0, writer, seq: 0, token: 0, mark: null };
    await this.#write(current, new TextEncoder().encode(snapshotHeader({ home: this.home, begunAt })));
    for (const store of SNAPSHOT_STORES) {
      for (let after = ''; ;) {
        const rest = after === '' ? null : IDBKeyRange.lowerBound(after, true);
        const [keys, rows] = await this.connection.read([store], (tx) => {
          const from = tx.objectStore(store);
          return Promise.all([from.getAllKeys(rest, ROWS), from.getAll(rest, ROWS)]);
        });
        for (const [i, row] of rows.entries()) current.writer.row(store, keys[i] ?? '', row);
        await this.#write(current, current.writer.take());
        if (rows.length < ROWS) break;
        after = keys.at(-1) ?? '';
      }
    }
    return current;
  }

  /** Appends transactions until none is left, and the mark. */
  async #append(current: Current): Promise<SnapshotMark> {
    for (;;) {
      const step = await this.connection.read([...SNAPSHOT_STORES, 'outbox'], async (tx) => {
        const range = IDBKeyRange.lowerBound(current.seq, true);
        const outbox = tx.objectStore('outbox');
        const [keys, entries] = await Promise.all([
          outbox.getAllKeys(range, ENTRIES),
          outbox.getAll(range, ENTRIES),
        ]);
        const changes = lastOfEach(entries);
        const last = { seq: keys.at(-1) ?? current.seq, token: entries.at(-1)?.token ?? current.token };
        // Only what is read in the transaction that sees the end of the outbox is one state.
        const few = changes.length <= ROWS && entries.length < ENTRIES;
        if (!few) return { changes, last, counts: null };
        if (current.mark?.seq === last.seq) return { changes: [], last, counts: current.mark.counts };
        await writeRows(tx, changes, current.writer);
        return { changes: [], last, counts: await counted(tx) };
      });
      for (let at = 0; at < step.changes.length; at += ROWS) {
        const some = step.changes.slice(at, at + ROWS);
        await this.connection.read(SNAPSHOT_STORES, (tx) => writeRows(tx, some, current.writer));
        await this.#write(current, current.writer.take());
      }
      ({ seq: current.seq, token: current.token } = step.last);
      if (!step.counts) continue;
      if (current.mark?.seq === current.seq) return current.mark;
      return this.#mark(current, step.counts);
    }
  }

  async #mark(current: Current, counts: SnapshotCounts): Promise<SnapshotMark> {
    const { mark: before, writer, seq, token } = current;
    const mark = writer.mark({
      seq,
      token,
      at: this.now(),
      base: before?.base ?? current.bytes,
      counts,
    });
    await this.#write(current, writer.take());
    current.mark = mark;
    // The newest stays: it tells this database from an older state of it.
    await this.connection.write(['outbox'], 'relaxed', (tx) =>
      tx.delete('outbox', IDBKeyRange.upperBound(seq, true)),
    );
    this.#begun = true;
    if (!before) await this.#prune();
    return mark;
  }

  async #write(current: Current, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length === 0) return;
    await appendTo(current.name, current.bytes, bytes);
    current.bytes += bytes.length;
  }

  /** Removes what is more than three, or larger than all may be. */
  async #prune(): Promise<void> {
    let bytes = 0;
    for (const [i, name] of (await snapshotNames()).entries()) {
      bytes += (await snapshotFile(name))?.size ?? 0;
      if (i >= KEPT || (i > 0 && bytes > MOST_BYTES)) await removeSnapshot(name);
    }
  }

  /** Removes the oldest snapshot, unless it is the only one. */
  async #makeRoom(): Promise<boolean> {
    const names = await snapshotNames();
    const oldest = names.at(-1);
    this.#current = null;
    if (oldest === undefined || names.length < 2) return false;
    await removeSnapshot(oldest);
    return true;
  }
}

/** Whether the database holds the transaction that a mark names: then it is the one that the snapshot was written from. */
export async function isNewest(
  connection: Pick<Connection, 'get'>,
  { seq, token }: Pick<SnapshotMark, 'seq' | 'token'>,
): Promise<boolean> {
  return (await connection.get('outbox', seq))?.token === token;
}

/** Each key once, at its last place: the row is read as it stands now. */
function lastOfEach(entries: readonly OutboxEntry[]): readonly Change[] {
  const seen = new Set<string>();
  const changes: Change[] = [];
  for (const { changes: some } of [...entries].reverse()) {
    for (const change of [...some].reverse()) {
      const name = change.join('\u0000');
      if (seen.has(name)) continue;
      seen.add(name);
      changes.push(change);
    }
  }
  return changes.reverse();
}

async function writeRows(tx: ReadTransaction, changes: readonly Change[], writer: LineWriter): Promise<void> {
  const rows = await Promise.all(
    changes.map(async ([store, key, to]) => (to === undefined ? tx.objectStore(store).get(key) : undefined)),
  );
  for (const [i, [store, key, to]] of changes.entries()) {
    const row = rows[i];
    if (row === undefined) writer.delete(store, key, to);
    else writer.row(store, key, row);
  }
}

async function counted(tx: ReadTransaction): Promise<SnapshotCounts> {
  const count = (store: SnapshotStore): Promise<number> => tx.objectStore(store).count();
  const [runs, trainings, evaluations, seedSets, models] = await Promise.all([
    count('runs'),
    count('trainings'),
    count('evaluations'),
    count('seedSets'),
    count('models'),
  ]);
  return { runs, trainings, evaluations, seedSets, models };
}
