/** A person's change of a stored run: no other tab may be writing the run meanwhile. */
import type { RunId } from '../../core/task';
import type { RunSession } from './run-session.svelte';
import type { Services } from '../services';
import { asWriter } from '../writer-locks';

/** Works under the run's lock, then takes over the counters. @throws AppError run-open-elsewhere */
export async function underRunLock<T>(
  services: Services,
  session: RunSession,
  runId: RunId,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await asWriter(services.locks, 'run', runId, work);
  } finally {
    await session.refresh();
  }
}
