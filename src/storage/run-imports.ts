/**
 * Imports of runs, in many transactions. Each is noted until its run is visible, under the name of a lock that it holds: a
 * note whose lock nobody holds was left by a tab that was killed, and its rows go.
 */
import { AppError } from '../core/errors';
import type { BackupRow, RunSummary } from '../core/ports';
import type { RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { RunId } from '../core/task';
import type { Connection, WriteTransaction } from './connection';
import { mintId } from './mint-id';
import { moveRow } from './move-row';
import { randomKey } from './random-key';
import { ROW_STORES, runRange } from './schema';

/** A setting of the store itself. */
const IMPORTS = 'store:imports';

interface BegunImport {
  readonly id: RunId;
  /** Absent in notes of older versions, whose tabs are all closed. */
  readonly lock?: string;
}

/** What protects an import that goes on, over all tabs. */
export interface ImportLocks {
  acquire(kind: 'import', id: string): Promise<{ release(): void } | null>;
  /** `unknown` where the browser cannot tell. */
  holder(kind: 'import', id: string): Promise<'here' | 'elsewhere' | 'nobody' | 'unknown'>;
}

/** Stores whose rows go with their run: their ids begin with its id. */
const OF_A_RUN = [...ROW_STORES, 'ratings', 'undoSteps', 'undoEdits'] as const;

export class RunImports {
  /** @param locks null where nothing is known of other tabs: then no import counts as abandoned */
  constructor(
    private readonly connection: Connection,
    private readonly locks: ImportLocks | null,
  ) {}

  /** @throws AppError run-gone when the note is gone; what `rows` throws; AbortError */
  async run(
    { run, progress }: RunSummary,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<RunRecord> {
    await this.removeAbandoned();
    const lock = randomKey();
    // Held before the note is there, so that no tab ever sees it as abandoned.
    const held = await this.locks?.acquire('import', lock);
    try {
      const { id, number } = await this.#begin(lock);
      try {
        await this.#write(id, rows, signal, onProgress);
        const record: RunRecord = { ...run, id, number, source: 'imported' };
        // The run's record comes last, so that an incomplete run is never visible.
        await this.connection.write(['runs', 'progress', 'settings'], 'strict', async (tx) => {
          await mustBeNoted(tx, id);
          await forget(tx, id);
          tx.put('runs', record);
          tx.put('progress', { ...progress, runId: id });
        });
        return record;
      } catch (error) {
        // Rows that cannot be removed now are removed as abandoned later; the first error is the one to tell.
        await this.removeRun(id).catch(() => undefined);
        throw error;
      }
    } finally {
      held?.release();
    }
  }

  async removeAbandoned(): Promise<void> {
    const noted = ((await this.connection.get('settings', IMPORTS)) ?? []) as readonly BegunImport[];
    for (const { id, lock } of noted) {
      const holder = lock === undefined ? 'nobody' : await this.locks?.holder('import', lock);
      if (holder === 'nobody') await this.removeRun(id);
    }
  }

  /** Removes a run with all its rows and its note, in one transaction: a kill leaves it whole or gone. */
  async removeRun(id: RunId): Promise<void> {
    await this.connection.write(['runs', 'progress', 'settings', ...OF_A_RUN], 'strict', async (tx) => {
      await forget(tx, id);
      tx.delete('runs', id);
      tx.delete('progress', id);
      for (const store of OF_A_RUN) tx.delete(store, runRange(id));
    });
  }

  /** Takes a run number, so that a run started meanwhile gets another one. */
  #begin(lock: string): Promise<{ readonly id: RunId; readonly number: number }> {
    return this.connection.write(['runs', 'settings'], 'strict', async (tx) => {
      const minted = await mintId(tx, 'runs');
      await changeNotes(tx, (noted) => [...noted, { id: minted.id, lock }]);
      return minted;
    });
  }

  async #write(
    id: RunId,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<void> {
    let written = 0;
    for await (const page of rows) {
      signal.throwIfAborted();
      await this.connection.write([...ROW_STORES, 'ratings', 'settings'], 'relaxed', async (tx) => {
        await mustBeNoted(tx, id);
        for (const entry of page) {
          const moved = moveRow(entry, id);
          tx.put(`${moved.kind}s`, moved.row);
        }
      });
      written += page.length;
      onProgress(written);
    }
    signal.throwIfAborted();
  }
}

const changeNotes = (
  tx: WriteTransaction,
  change: (noted: readonly BegunImport[]) => readonly BegunImport[],
): Promise<unknown> =>
  tx.change('settings', IMPORTS, (stored) => change((stored ?? []) as readonly BegunImport[]));

const forget = (tx: WriteTransaction, id: RunId): Promise<unknown> =>
  changeNotes(tx, (noted) => noted.filter((begun) => begun.id !== id));

/** Rows of an import that nobody knows of would lie there for ever. */
async function mustBeNoted(tx: WriteTransaction, id: RunId): Promise<void> {
  const noted = ((await tx.get('settings', IMPORTS)) ?? []) as readonly BegunImport[];
  if (!noted.some((begun) => begun.id === id)) {
    throw new AppError({ kind: 'run-gone', runId: id, during: 'import' });
  }
}
