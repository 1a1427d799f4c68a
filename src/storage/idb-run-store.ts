/** Runs, task pools, candidates and raw completions in IndexedDB. Each method is one transaction; none is handed out. */
import { poolSeed } from '../core/pool-seed';
import { initialProgress, withRemoved, withReplaced } from '../core/pipeline/progress';
import type {
  BackupRow,
  BulkNote,
  NewRun,
  RunStore,
  RunSummary,
  RunWriter,
  StoreChange,
} from '../core/ports';
import type { Rating } from '../core/review/rating';
import type { BulkStep, TaskEdit } from '../core/review/task-edits';
import type { ModelCall, RunProgress, RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { Candidate, MachineTask, RunId, Task, TaskId } from '../core/task';
import { Listeners } from '../core/listeners';
import type { ChangedKeys } from './change-notices';
import type { Connection, ScannedStore } from './connection';
import { claimRun } from './idb-run-writer';
import { bulkEdits, bulkSteps, BulkStepWriter, removeStep } from './bulk-steps';
import { madeFor } from './idb-plan-store';
import { IdbStore } from './idb-store';
import { runRange, type Schema } from './schema';
import { mintId } from './mint-id';
import { type ImportLocks, RunImports } from './run-imports';
import { runIdOf, runOf, storedRun } from './stored-run';
import { changesElsewhere } from './changes-elsewhere';
import { tasksWith } from './tasks-with';

/** Rows that are read at once: the browser makes all of them while the page waits, and a row may be long. */
const PAGE = 250;
export class IdbRunStore extends IdbStore<[StoreChange]> implements RunStore {
  readonly #settings = new Listeners<[ReadonlySet<string>]>();
  /** What other tabs wrote is read again in the order in which it was written. */
  #heard = Promise.resolve();
  readonly #imports: RunImports;

  /**
   * @param connection shared with other stores; by default one of its own
   * @param locks tell which imports go on in other tabs
   */
  constructor(connection?: Connection, locks: ImportLocks | null = null) {
    super(connection);
    this.#imports = new RunImports(this.connection, locks);
  }

  // ---- what the pipeline reads ----------------------------------------------------------------------------------

  calls(ids: readonly string[]): Promise<readonly (ModelCall | undefined)[]> {
    return this.connection.read(['calls'], (tx) =>
      Promise.all(ids.map((id) => tx.objectStore('calls').get(id))),
    );
  }

  unfinished(runId: RunId): Promise<readonly MachineTask[]> {
    return this.connection.read(['tasks'], async (tx) => {
      const index = tx.objectStore('tasks').index('by-stage');
      const found = await Promise.all([
        index.getAll([runId, 'instruction']),
        index.getAll([runId, 'identified']),
      ]);
      return (found.flat() as MachineTask[]).sort((a, b) => a.seq - b.seq);
    });
  }

  async *scanTasks(runId: RunId): AsyncGenerator<readonly Task[]> {
    yield* this.#scan('tasks', runRange(runId, 's'));
    yield* this.#scan('tasks', runRange(runId, 'm'));
  }

  async progress(runId: RunId): Promise<RunProgress> {
    return (await this.connection.get('progress', runId)) ?? initialProgress(runId);
  }

  // ---- runs -----------------------------------------------------------------------------------------------------

  async createRun({ config, model, seedSet, seeds, createdAt, planned }: NewRun): Promise<RunRecord> {
    const created = await this.connection.write(
      ['runs', 'progress', 'tasks', 'settings', 'plans'],
      'strict',
      async (tx) => {
        const { id, number } = await mintId(tx, 'runs');
        const run: RunRecord = { id, number, createdAt, config, model, seedSet, source: 'here' };
        tx.put('runs', run);
        tx.put('progress', initialProgress(id));
        for (const [index, seed] of seeds.entries()) tx.put('tasks', poolSeed(id, index, seed));
        await madeFor(tx, planned, id);
        return run;
      },
    );
    this.listeners.notify({ kind: 'run-created', runId: created.id });
    return created;
  }

  run(id: RunId): Promise<RunSummary | undefined> {
    return this.connection.read(['runs', 'progress'], async (tx) => {
      const [run, progress] = await Promise.all([
        tx.objectStore('runs').get(id),
        tx.objectStore('progress').get(id),
      ]);
      return run && { run: runOf(run), progress: progress ?? initialProgress(id) };
    });
  }

  latestRuns(limit: number): Promise<readonly RunSummary[]> {
    return this.connection.read(['runs', 'progress'], async (tx) => {
      const found: RunSummary[] = [];
      let cursor = await tx.objectStore('runs').index('by-number').openCursor(null, 'prev');
      for (; cursor && found.length < limit; cursor = await cursor.continue()) {
        const run = runOf(cursor.value);
        const progress = await tx.objectStore('progress').get(run.id);
        found.push({ run, progress: progress ?? initialProgress(run.id) });
      }
      return found;
    });
  }

  async deleteRun(id: RunId): Promise<void> {
    await this.#imports.removeRun(id);
    this.listeners.notify({ kind: 'run-deleted', runId: id });
  }

  claim(id: RunId): Promise<RunWriter> {
    return claimRun(this.connection, id, this, (change) => this.listeners.notify(change));
  }

  // ---- single rows ----------------------------------------------------------------------------------------------

  task(id: TaskId): Promise<Task | undefined> {
    return this.connection.get('tasks', id);
  }
  candidate(id: TaskId): Promise<Candidate | undefined> {
    return this.connection.get('candidates', id);
  }
  call(id: string): Promise<ModelCall | undefined> {
    return this.connection.get('calls', id);
  }

  async changeTask(
    id: TaskId,
    change: (task: Task | undefined) => Task | undefined,
  ): Promise<Task | undefined> {
    const runId = runIdOf(id);
    // Kept when the work is tried again: the attempt before may have been written, and only its answer lost.
    const written = new Set<TaskId>();
    const after = await this.connection.write(['runs', 'tasks', 'progress'], 'relaxed', async (tx) => {
      await storedRun(tx, runId, 'change');
      const before = await tx.get('tasks', id);
      const task = change(before);
      if (task === before) return task;
      if (task) tx.put('tasks', task);
      else tx.delete('tasks', id);
      written.add(id);
      await tx.change('progress', runId, (progress) => progress && corrected(progress, before, task));
      return task;
    });
    if (written.size > 0) {
      const tasks = after ? [after] : [];
      this.listeners.notify({ kind: 'rows', runId, tasks, removed: after ? [] : [id], candidates: [] });
    }
    return after;
  }

  async changeTasks(
    runId: RunId,
    ids: readonly TaskId[],
    change: (task: Task) => Task | null,
    onProgress: (done: number) => void,
    { label, undone }: BulkNote = {},
  ): Promise<BulkStep | null> {
    // The caller holds the lock of this run alone.
    if (ids.some((id) => runIdOf(id) !== runId)) throw new RangeError('A task of another run');
    // Kept when the work is tried again: the attempt before may have been written, and only its answer lost.
    const changed = new Set<TaskId>();
    const stores = ['runs', 'tasks', 'progress', 'undoSteps', 'undoEdits'] as const;
    const step = await this.connection.write(stores, 'relaxed', async (tx) => {
      await storedRun(tx, runId, 'change');
      let progress = await tx.get('progress', runId);
      const writer = label && (await BulkStepWriter.begin(tx, runId));
      // Awaits each page of rows, so that the screen stays responsive.
      for await (const { tasks, asked } of tasksWith(ids, (...page) => tx.getAll('tasks', ...page))) {
        for (const before of tasks) {
          const after = change(before);
          if (!after) continue;
          if (progress) progress = corrected(progress, before, after);
          tx.put('tasks', after);
          writer?.add(before, after);
          changed.add(after.id);
        }
        onProgress(asked / 2);
      }
      if (progress) tx.put('progress', progress);
      if (undone !== undefined) removeStep(tx, undone);
      return label && writer ? writer.end(label) : null;
    });
    // Read again instead of held: tens of thousands of tasks in memory make the browser's collection of it slow.
    const read = (range: IDBKeyRange, count: number): Promise<Task[]> =>
      this.connection.getAll('tasks', range, count);
    const unchanged = ids.length - changed.size;
    for await (const { tasks, asked } of tasksWith([...changed], read)) {
      this.listeners.notify({ kind: 'rows', runId, tasks, removed: [], candidates: [] });
      onProgress((ids.length + unchanged + asked) / 2);
    }
    return step;
  }
  bulkSteps(runId: RunId): Promise<readonly BulkStep[]> {
    return bulkSteps(this.connection, runId);
  }
  bulkEdits(id: string): Promise<readonly TaskEdit[]> {
    return bulkEdits(this.connection, id);
  }

  // ---- ratings --------------------------------------------------------------------------------------------------

  scanRatings(runId: RunId): AsyncIterable<readonly Rating[]> {
    return this.#scan('ratings', runRange(runId));
  }
  async saveRatings(runId: RunId, ratings: readonly Rating[], removed: readonly string[]): Promise<void> {
    await this.connection.write(['runs', 'ratings'], 'relaxed', async (tx) => {
      await storedRun(tx, runId, 'change');
      for (const rating of ratings) tx.put('ratings', rating);
      for (const id of removed) tx.delete('ratings', id);
    });
    this.listeners.notify({ kind: 'ratings', runId, ratings, removed });
  }

  // ---- whole scans ----------------------------------------------------------------------------------------------

  scanCandidates(runId: RunId): AsyncIterable<readonly Candidate[]> {
    return this.#scan('candidates', runRange(runId));
  }
  scanCalls(runId: RunId): AsyncIterable<readonly ModelCall[]> {
    return this.#scan('calls', runRange(runId));
  }

  // ---- import ---------------------------------------------------------------------------------------------------

  async importRun(
    summary: RunSummary,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<RunRecord> {
    const record = await this.#imports.run(summary, rows, signal, onProgress);
    this.listeners.notify({ kind: 'run-created', runId: record.id });
    return record;
  }
  removeAbandoned(): Promise<void> {
    return this.#imports.removeAbandoned();
  }

  // ---- settings --------------------------------------------------------------------------------------------

  setting<T>(key: string): Promise<T | undefined> {
    return this.connection.get('settings', key) as Promise<T | undefined>;
  }
  async saveSetting(key: string, value: unknown): Promise<void> {
    await this.connection.write(['settings'], 'relaxed', (tx) =>
      value === undefined ? tx.delete('settings', key) : tx.put('settings', value, key),
    );
  }

  async changeSetting<T>(key: string, change: (value: T | undefined) => T | undefined): Promise<void> {
    await this.connection.change('settings', key, (value) => change(value as T | undefined), 'relaxed');
  }
  watchSetting(key: string, listener: () => void): () => void {
    return this.#settings.add((keys) => {
      if (keys.has(key)) listener();
    });
  }

  // ---- changes --------------------------------------------------------------------------------------------------

  /** A change by this tab is told by the method that made it, which has the rows at hand. */
  protected override changed(changed: ChangedKeys, elsewhere: boolean): void {
    const settings = changed.get('settings');
    if (settings) this.#settings.notify(settings);
    if (!elsewhere) return;
    this.#heard = this.#heard
      .then(async () => {
        for await (const change of changesElsewhere(this.connection, changed)) this.listeners.notify(change);
      })
      // Only a hint: whoever reads next meets the fault itself.
      .catch(() => undefined);
  }

  #scan<S extends ScannedStore>(store: S, range: IDBKeyRange): AsyncIterable<readonly Schema[S]['value'][]> {
    return this.connection.scan(store, range, PAGE);
  }
}

/** The counters after `before` was replaced by `after`; undefined means none. */
function corrected(progress: RunProgress, before: Task | undefined, after: Task | undefined): RunProgress {
  const without = before?.origin === 'machine' ? withRemoved(progress, before) : progress;
  return after?.origin === 'machine' ? withReplaced(without, after) : without;
}
