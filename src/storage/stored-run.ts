/** The record of a run as it is stored, and what is written only while it is there. */
import { AppError, type Failure } from '../core/errors';
import type { RunRecord } from '../core/run';
import type { RunId } from '../core/task';
import type { WriteTransaction } from './connection';
import type { StoredRun } from './schema';

/** The run without what only the store needs. */
export function runOf({ writer: _, ...run }: StoredRun): RunRecord {
  return run;
}

/** The run whose row has this id: ids begin with that of their run. */
export const runIdOf = (id: string): RunId => id.slice(0, id.indexOf('-')) as RunId;

/** @throws AppError run-gone when there is no such run: the database may have been deleted, and is a new one */
export async function storedRun(
  tx: WriteTransaction,
  runId: RunId,
  during: (Failure & { readonly kind: 'run-gone' })['during'],
): Promise<StoredRun> {
  const run = await tx.get('runs', runId);
  if (!run) throw new AppError({ kind: 'run-gone', runId, during });
  return run;
}
