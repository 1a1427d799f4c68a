/** Stores a made-up run as an import does: its seed tasks, machine tasks and candidates. */
import type { BackupRow } from '../core/ports';
import type { Candidate, RunId } from '../core/task';
import type { IdbRunStore } from '../storage/idb-run-store';
import type { ManyTasks } from './many-tasks';

/** @param candidates more of them, beside those of the run @returns the run's id */
export async function storeRun(
  store: Pick<IdbRunStore, 'importRun'>,
  many: ManyTasks,
  candidates: readonly Candidate[] = [],
): Promise<RunId> {
  const { id } = await store.importRun(
    many,
    rowsOf(many, candidates),
    new AbortController().signal,
    () => undefined,
  );
  return id;
}

async function* rowsOf(
  { seeds, machines, candidates }: ManyTasks,
  more: readonly Candidate[],
): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield [...seeds, ...machines].map((row) => ({ kind: 'task', row }) as const);
  yield [...candidates, ...more].map((row) => ({ kind: 'candidate', row }) as const);
}
