/** Saves what this tab holds of the open run as a backup, for when the store cannot be read or written, or is gone. */
import type { AppState } from '../../app/app-state.svelte';
import { type BackupSource, writeBackup } from '../../export/backup';
import { collect } from '../../io/collect';

/** All tasks of the pool that this tab knows; candidates and requests are not kept in memory. */
export async function saveFromMemory({
  session,
  services,
}: Pick<AppState, 'session' | 'services'>): Promise<void> {
  const held = session.inMemory();
  if (!held) return;
  const source: BackupSource = {
    scanTasks: () => pages(held.tasks),
    scanCandidates: () => pages([]),
    scanCalls: () => pages([]),
    scanRatings: () => pages([]),
  };
  const file = await collect(writeBackup(held, source), 'application/jsonl', new AbortController().signal);
  services.saveFile(`${held.run.id}-from-memory.jsonl`, file);
}

async function* pages<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  await Promise.resolve();
  yield rows;
}
