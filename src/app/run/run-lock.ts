/** A person's change of a stored run: no other tab may be writing the run meanwhile. */
import { AppError } from '../../core/errors';
import type { RunId } from '../../core/task';
import type { RunSession } from './run-session.svelte';
import type { Services } from '../services';

/** Works under the run's lock, then takes over the counters. @throws AppError run-open-elsewhere */
export async function underRunLock<T>(
  services: Services,
  session: RunSession,
  runId: RunId,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await services.locks.acquire(runId);
  if (!lock) throw new AppError({ kind: 'run-open-elsewhere', runId });
  try {
    return await work();
  } finally {
    lock.release();
    await session.refresh();
  }
}
