/** Writes rows of a run as its one writer does. */
import type { Commit, RunStore } from '../core/ports';

export async function commitAs(store: Pick<RunStore, 'claim'>, rows: Commit): Promise<void> {
  const writer = await store.claim(rows.progress.runId);
  await writer.commit(rows);
}
