/** What another tab changed of runs, read again: for listeners there is no difference to a change by this tab. */
import type { StoreChange } from '../core/ports';
import type { Candidate, RunId, Task, TaskId } from '../core/task';
import type { ChangedKeys } from './change-notices';
import type { Connection, ScannedStore } from './connection';
import type { Schema } from './schema';
import { runIdOf } from './stored-run';

/** Rows that are read in one transaction. */
const PAGE = 250;

/** Tells of each run alone, in pages. A row that is gone was removed. */
export async function* changesElsewhere(
  connection: Connection,
  changed: ChangedKeys,
): AsyncGenerator<StoreChange> {
  for (const key of changed.get('runs') ?? []) {
    const runId = key as RunId;
    const stored = await connection.get('runs', runId);
    yield { kind: stored ? 'run-changed' : 'run-deleted', runId };
  }
  for (const [runId, ids] of byRun(changed.get('tasks'))) {
    for await (const [tasks, removed] of pages(connection, 'tasks', ids)) {
      yield rows(runId, { tasks, removed: removed as TaskId[] });
    }
  }
  for (const [runId, ids] of byRun(changed.get('candidates'))) {
    for await (const [candidates] of pages(connection, 'candidates', ids)) yield rows(runId, { candidates });
  }
  for (const [runId, ids] of byRun(changed.get('ratings'))) {
    for await (const [ratings, removed] of pages(connection, 'ratings', ids)) {
      yield { kind: 'ratings', runId, ratings: ratings, removed };
    }
  }
  // Counters alone: a call was stored that gave no rows yet.
  for (const runId of changed.get('progress') ?? []) yield rows(runId as RunId, {});
}

const rows = (
  runId: RunId,
  part: {
    readonly tasks?: readonly Task[];
    readonly removed?: readonly TaskId[];
    readonly candidates?: readonly Candidate[];
  },
): StoreChange => ({ kind: 'rows', runId, tasks: [], removed: [], candidates: [], ...part });

/** Ids begin with that of their run. */
function byRun(ids: ReadonlySet<string> = new Set()): Map<RunId, string[]> {
  return Map.groupBy(ids, runIdOf);
}

async function* pages<S extends ScannedStore>(
  connection: Connection,
  store: S,
  ids: readonly string[],
): AsyncGenerator<[Schema[S]['value'][], string[]]> {
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = ids.slice(from, from + PAGE);
    const found: (Schema[S]['value'] | undefined)[] = await connection.read([store], (tx) =>
      Promise.all(page.map((id) => tx.objectStore(store).get(id as Schema[S]['key']))),
    );
    yield [found.filter((row) => row !== undefined), page.filter((_, i) => found[i] === undefined)];
  }
}
