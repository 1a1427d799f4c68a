/** Runs, task pools, candidates and raw completions in IndexedDB. Each method is one transaction; none is handed out. */
import { seedId, runId as makeRunId } from '../core/ids';
import { initialProgress, withRemoved, withReplaced } from '../core/pipeline/progress';
import type { BackupRow, Commit, NewRun, RunStore, RunSummary, SeedSet, StoreChange } from '../core/ports';
import type { ModelCall, RunConfig, RunProgress, RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { Candidate, MachineTask, PoolSeed, RunId, Task, TaskId } from '../core/task';
import { AppError } from '../core/errors';
import { Connection } from './connection';
import { ROW_STORES, type RowStore, runRange, type Schema } from './schema';
import { moveRow } from './move-row';

const PAGE = 1_000;
const WRITE = { durability: 'relaxed' } as const;
/** For what must survive a power cut: the beginning and the end of things. */
const STRICT = { durability: 'strict' } as const;

export class IdbRunStore implements RunStore {
  readonly #connection = new Connection();
  readonly #listeners = new Set<(change: StoreChange) => void>();

  // ---- the pipeline's journal -----------------------------------------------------------------------------------

  async commit({ progress, calls = [], candidates = [], tasks = [] }: Commit): Promise<void> {
    await this.#connection.use(async (database) => {
      const tx = database.transaction([...ROW_STORES, 'progress'], 'readwrite', WRITE);
      void tx.objectStore('progress').put(progress);
      for (const call of calls) void tx.objectStore('calls').put(call);
      for (const candidate of candidates) void tx.objectStore('candidates').put(candidate);
      for (const task of tasks) void tx.objectStore('tasks').put(task);
      await tx.done;
    });
    this.#tell({ kind: 'rows', runId: progress.runId, tasks, removed: [], candidates });
  }

  calls(ids: readonly string[]): Promise<readonly (ModelCall | undefined)[]> {
    return this.#connection.use(async (database) => {
      const tx = database.transaction('calls');
      return Promise.all(ids.map((id) => tx.store.get(id)));
    });
  }

  unfinished(runId: RunId): Promise<readonly MachineTask[]> {
    return this.#connection.use(async (database) => {
      const index = database.transaction('tasks').store.index('by-stage');
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

  progress(runId: RunId): Promise<RunProgress> {
    return this.#connection.use(
      async (database) => (await database.get('progress', runId)) ?? initialProgress(runId),
    );
  }

  // ---- runs -----------------------------------------------------------------------------------------------------

  async createRun({ config, model, seedSet, seeds, createdAt }: NewRun): Promise<RunRecord> {
    const created = await this.#connection.use(async (database) => {
      const tx = database.transaction(['runs', 'progress', 'tasks'], 'readwrite', STRICT);
      const number = await nextRunNumber(tx.objectStore('runs'));
      const id = makeRunId(number);
      const run: RunRecord = { id, number, createdAt, config, model, seedSet, source: 'here' };
      void tx.objectStore('runs').put(run);
      void tx.objectStore('progress').put(initialProgress(id));
      for (const [
        index,
        { id: sourceId, name, instruction, isClassification, instances },
      ] of seeds.entries()) {
        const seed: PoolSeed = {
          origin: 'seed',
          id: seedId(id, index),
          runId: id,
          sourceId,
          name,
          instruction,
          isClassification,
          instances,
        };
        void tx.objectStore('tasks').put(seed);
      }
      await tx.done;
      return run;
    });
    this.#tell({ kind: 'run-created', runId: created.id });
    return created;
  }

  run(id: RunId): Promise<RunSummary | undefined> {
    return this.#connection.use(async (database) => {
      const tx = database.transaction(['runs', 'progress']);
      const [run, progress] = await Promise.all([
        tx.objectStore('runs').get(id),
        tx.objectStore('progress').get(id),
      ]);
      return run && { run, progress: progress ?? initialProgress(id) };
    });
  }

  latestRuns(limit: number): Promise<readonly RunSummary[]> {
    return this.#connection.use(async (database) => {
      const tx = database.transaction(['runs', 'progress']);
      const summaries: RunSummary[] = [];
      let cursor = await tx.objectStore('runs').openCursor(null, 'prev');
      while (cursor && summaries.length < limit) {
        const run = cursor.value;
        const progress = await tx.objectStore('progress').get(run.id);
        summaries.push({ run, progress: progress ?? initialProgress(run.id) });
        cursor = await cursor.continue();
      }
      return summaries;
    });
  }

  async deleteRun(id: RunId): Promise<void> {
    await this.#deleteRows(id);
    this.#tell({ kind: 'run-deleted', runId: id });
  }
  /** One transaction: a kill leaves the run whole or gone. */
  async #deleteRows(id: RunId): Promise<void> {
    await this.#connection.use(async (database) => {
      const tx = database.transaction(['runs', 'progress', ...ROW_STORES], 'readwrite', STRICT);
      void tx.objectStore('runs').delete(id);
      void tx.objectStore('progress').delete(id);
      for (const store of ROW_STORES) void tx.objectStore(store).delete(runRange(id));
      await tx.done;
    });
  }

  async updateConfig(id: RunId, config: RunConfig): Promise<void> {
    await this.#connection.use(async (database) => {
      const tx = database.transaction(['runs', 'progress'], 'readwrite', STRICT);
      const run = await tx.objectStore('runs').get(id);
      const progress = await tx.objectStore('progress').get(id);
      if (run) void tx.objectStore('runs').put({ ...run, config });
      if (progress) {
        void tx.objectStore('progress').put({ ...progress, finished: progress.kept >= config.target });
      }
      await tx.done;
    });
    this.#tell({ kind: 'run-changed', runId: id });
  }

  // ---- single rows ----------------------------------------------------------------------------------------------

  task(id: TaskId): Promise<Task | undefined> {
    return this.#connection.use((database) => database.get('tasks', id));
  }
  candidate(id: TaskId): Promise<Candidate | undefined> {
    return this.#connection.use((database) => database.get('candidates', id));
  }
  call(id: string): Promise<ModelCall | undefined> {
    return this.#connection.use((database) => database.get('calls', id));
  }

  async saveTask(task: Task): Promise<void> {
    await this.#changeTask(task.id, task);
  }
  async removeTask(id: TaskId): Promise<void> {
    await this.#changeTask(id, undefined);
  }

  /** Puts or removes a task and corrects the run's counters with it. */
  async #changeTask(id: TaskId, after: Task | undefined): Promise<void> {
    const changedRun = await this.#connection.use(async (database) => {
      const tx = database.transaction(['tasks', 'progress'], 'readwrite', WRITE);
      const before = await tx.objectStore('tasks').get(id);
      const runId = (after ?? before)?.runId;
      const progress = runId && (await tx.objectStore('progress').get(runId));
      if (progress) {
        let corrected = progress;
        if (before?.origin === 'machine') corrected = withRemoved(corrected, before);
        if (after?.origin === 'machine') corrected = withReplaced(corrected, after);
        void tx.objectStore('progress').put(corrected);
      }
      if (after) void tx.objectStore('tasks').put(after);
      else void tx.objectStore('tasks').delete(id);
      await tx.done;
      return runId;
    });
    if (!changedRun) return;
    const tasks = after ? [after] : [];
    this.#tell({ kind: 'rows', runId: changedRun, tasks, removed: after ? [] : [id], candidates: [] });
  }

  scanCandidates(runId: RunId): AsyncIterable<readonly Candidate[]> {
    return this.#scan('candidates', runRange(runId));
  }
  scanCalls(runId: RunId): AsyncIterable<readonly ModelCall[]> {
    return this.#scan('calls', runRange(runId));
  }

  // ---- import ---------------------------------------------------------------------------------------------------

  async importRun(
    { run, progress }: RunSummary,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<RunRecord> {
    const number = await this.#connection.use((database) =>
      nextRunNumber(database.transaction('runs').store),
    );
    const id = makeRunId(number);
    let written = 0;
    try {
      // Rows of an import that was killed half way may lie there: the run record comes last, so nobody has seen them.
      await this.#deleteRows(id);
      for await (const page of rows) {
        signal.throwIfAborted();
        await this.#connection.use(async (database) => {
          const tx = database.transaction(ROW_STORES, 'readwrite', WRITE);
          for (const entry of page) {
            const moved = moveRow(entry, id);
            void tx.objectStore(`${moved.kind}s`).put(moved.row);
          }
          await tx.done;
        });
        written += page.length;
        onProgress(written);
      }
      const record: RunRecord = { ...run, id, number, source: 'imported' };
      await this.#connection.use(async (database) => {
        const tx = database.transaction(['runs', 'progress'], 'readwrite', STRICT);
        void tx.objectStore('runs').put(record);
        void tx.objectStore('progress').put({ ...progress, runId: id });
        await tx.done;
      });
      this.#tell({ kind: 'run-created', runId: id });
      return record;
    } catch (error) {
      await this.#deleteRows(id);
      throw error;
    }
  }

  // ---- seed sets and settings -----------------------------------------------------------------------------------

  seedSets(): Promise<readonly SeedSet[]> {
    return this.#connection.use((database) => database.getAll('seedSets'));
  }
  async saveSeedSet(set: SeedSet): Promise<void> {
    await this.#connection.use(async (database) => {
      const tx = database.transaction('seedSets', 'readwrite', STRICT);
      void tx.store.put(set);
      await tx.done;
    });
  }
  async deleteSeedSet(id: string): Promise<void> {
    await this.#connection.use((database) => database.delete('seedSets', id));
  }
  setting<T>(key: string): Promise<T | undefined> {
    return this.#connection.use((database) => database.get('settings', key) as Promise<T | undefined>);
  }
  async saveSetting(key: string, value: unknown): Promise<void> {
    await this.#connection.use((database) => database.put('settings', value, key));
  }

  watch(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  /** Lets go of the database; the next call opens it again. */
  close(): void {
    this.#connection.close();
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Pages by key, each its own transaction: a scan may be slow without holding anything. */
  async *#scan<S extends RowStore>(
    store: S,
    range: IDBKeyRange,
  ): AsyncGenerator<readonly Schema[S]['value'][]> {
    let lower = range.lower as string;
    let open = false;
    for (;;) {
      const rest = IDBKeyRange.bound(lower, range.upper, open);
      const page = await this.#connection.use<Schema[S]['value'][]>((database) =>
        database.getAll(store, rest, PAGE),
      );
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      lower = last.id;
      open = true;
    }
  }
}

async function nextRunNumber(runs: {
  openKeyCursor(query: null, direction: 'prev'): Promise<{ readonly key: RunId } | null>;
}): Promise<number> {
  const last = await runs.openKeyCursor(null, 'prev');
  const number = last ? Number(last.key.slice(1)) : 0;
  if (!Number.isSafeInteger(number)) {
    throw new AppError({ kind: 'storage-unavailable', detail: 'a run has an id that is not ours' });
  }
  return number + 1;
}
