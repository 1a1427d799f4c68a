/** The one writer of a run: each of its transactions checks that the run is there, and that nobody took it over. */
import { AppError } from '../core/errors';
import type { Commit, RunStore, RunSummary, RunWriter, StoreChange } from '../core/ports';
import { initialProgress } from '../core/pipeline/progress';
import type { RunId } from '../core/task';
import type { Connection, WriteTransaction } from './connection';
import { randomKey } from './random-key';
import { ROW_STORES, type StoredRun } from './schema';
import { runOf, storedRun } from './stored-run';

/** @param notify is told of what was written. @throws AppError run-gone */
export async function claimRun(
  connection: Connection,
  runId: RunId,
  reads: Pick<RunStore, 'calls' | 'unfinished' | 'scanTasks' | 'progress'>,
  notify: (change: StoreChange) => void,
): Promise<RunWriter> {
  const writer = randomKey();
  await connection.write(['runs'], 'relaxed', async (tx) =>
    tx.put('runs', { ...(await storedRun(tx, runId, 'run')), writer }),
  );
  const own = async (tx: WriteTransaction): Promise<StoredRun> => {
    const run = await storedRun(tx, runId, 'run');
    if (run.writer !== writer) throw new AppError({ kind: 'run-taken-over', runId });
    return run;
  };
  return {
    calls: (ids) => reads.calls(ids),
    unfinished: (id) => reads.unfinished(id),
    scanTasks: (id) => reads.scanTasks(id),
    progress: (id) => reads.progress(id),

    async commit({ progress, calls = [], candidates = [], tasks = [] }: Commit): Promise<void> {
      await connection.write(['runs', 'progress', ...ROW_STORES], 'relaxed', async (tx) => {
        await own(tx);
        tx.put('progress', progress);
        for (const call of calls) tx.put('calls', call);
        for (const candidate of candidates) tx.put('candidates', candidate);
        for (const task of tasks) tx.put('tasks', task);
      });
      notify({ kind: 'rows', runId, tasks, removed: [], candidates });
    },

    async setTarget(target: number): Promise<RunSummary> {
      const summary = await connection.write(['runs', 'progress'], 'strict', async (tx) => {
        const before = await own(tx);
        const run = { ...before, config: { ...before.config, target } };
        const stored = (await tx.get('progress', runId)) ?? initialProgress(runId);
        // A run that has its instructions, but not yet all types and instances, is not at its end.
        const finished = stored.kept >= target && stored.completed >= stored.kept;
        const progress = { ...stored, finished };
        tx.put('runs', run);
        tx.put('progress', progress);
        return { run: runOf(run), progress };
      });
      notify({ kind: 'run-changed', runId });
      return summary;
    },
  };
}
