/** Shows a run that was just stored from a file. */
import type { RunRecord } from '../core/run';
import type { AppState } from './app-state.svelte';

/**
 * A run in progress stays open; the imported one waits in the list of runs.
 * @returns whether the imported run is open. @throws AppError as RunStore
 */
export async function openImported(
  { runs, session }: Pick<AppState, 'runs' | 'session'>,
  { id }: RunRecord,
): Promise<boolean> {
  await runs.refresh();
  if (!session.active) await session.open(id);
  return session.run?.id === id;
}
