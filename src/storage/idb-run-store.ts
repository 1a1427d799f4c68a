/** Runs, task pools, candidates and raw completions in IndexedDB. Each method is one transaction; none is handed out. */
import { poolSeed } from '../core/pool-seed';
import { initialProgress, withRemoved, withReplaced } from '../core/pipeline/progress';
import type { BackupRow, Commit, NewRun, RunStore, RunSummary, StoreChange } from '../core/ports';
import type { Rating } from '../core/review/rating';
import type { ModelCall, RunConfig, RunProgress, RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { Candidate, MachineTask, RunId, Task, TaskId } from '../core/task';
import { Listeners } from '../core/listeners';
import type { ChangedKeys } from './change-notices';
import type { ScannedStore, WriteTransaction } from './connection';
import { IdbStore } from './idb-store';
import { ROW_STORES, runRange, type Schema } from './schema';
import { mintId } from './mint-id';
import { moveRow } from './move-row';
import { changesElsewhere } from './changes-elsewhere';
import { tasksWith } from './tasks-with';

/** Rows that are read at once: the browser makes all of them while the page waits, and a row may be long. */
const PAGE = 250;
/** A setting of the store itself: imports that have begun. */
const IMPORTS = 'store:imports';
/** An import that is older than this was killed; its rows may go. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

interface BegunImport {
  readonly id: RunId;
  readonly at: number;
}

export class IdbRunStore extends IdbStore<[StoreChange]> implements RunStore {
  readonly #settings = new Listeners<[ReadonlySet<string>]>();
  /** What other tabs wrote is read again in the order in which it was written. */
  #heard = Promise.resolve();

  // ---- the pipeline's journal -----------------------------------------------------------------------------------

  async commit({ progress, calls = [], candidates = [], tasks = [] }: Commit): Promise<void> {
    await this.connection.write([...ROW_STORES, 'progress'], 'relaxed', (tx) => {
      tx.put('progress', progress);
      for (const call of calls) tx.put('calls', call);
      for (const candidate of candidates) tx.put('candidates', candidate);
      for (const task of tasks) tx.put('tasks', task);
    });
    this.listeners.notify({ kind: 'rows', runId: progress.runId, tasks, removed: [], candidates });
  }

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

  async createRun({ config, model, seedSet, seeds, createdAt }: NewRun): Promise<RunRecord> {
    const created = await this.connection.write(
      ['runs', 'progress', 'tasks', 'settings'],
      'strict',
      async (tx) => {
        const { id, number } = await mintId(tx, 'runs');
        const run: RunRecord = { id, number, createdAt, config, model, seedSet, source: 'here' };
        tx.put('runs', run);
        tx.put('progress', initialProgress(id));
        for (const [index, seed] of seeds.entries()) tx.put('tasks', poolSeed(id, index, seed));
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
      return run && { run, progress: progress ?? initialProgress(id) };
    });
  }

  latestRuns(limit: number): Promise<readonly RunSummary[]> {
    return this.connection.read(['runs', 'progress'], async (tx) => {
      const found: RunSummary[] = [];
      let cursor = await tx.objectStore('runs').index('by-number').openCursor(null, 'prev');
      for (; cursor && found.length < limit; cursor = await cursor.continue()) {
        const run = cursor.value;
        const progress = await tx.objectStore('progress').get(run.id);
        found.push({ run, progress: progress ?? initialProgress(run.id) });
      }
      return found;
    });
  }

  async deleteRun(id: RunId): Promise<void> {
    await this.#deleteRows(id);
    this.listeners.notify({ kind: 'run-deleted', runId: id });
  }
  /** One transaction: a kill leaves the run whole or gone. */
  async #deleteRows(id: RunId): Promise<void> {
    await this.connection.write(
      ['runs', 'progress', 'settings', 'ratings', ...ROW_STORES],
      'strict',
      async (tx) => {
        const imports = await begunImports(tx);
        tx.put(
          'settings',
          imports.filter((begun) => begun.id !== id),
          IMPORTS,
        );
        tx.delete('runs', id);
        tx.delete('progress', id);
        for (const store of [...ROW_STORES, 'ratings'] as const) tx.delete(store, runRange(id));
      },
    );
  }

  async updateConfig(id: RunId, config: RunConfig): Promise<void> {
    await this.connection.write(['runs', 'progress'], 'strict', async (tx) => {
      const run = await tx.get('runs', id);
      const progress = await tx.get('progress', id);
      if (run) tx.put('runs', { ...run, config });
      if (progress) {
        // A run that has its instructions, but not yet all types and instances, is not at its end.
        const finished = progress.kept >= config.target && progress.completed >= progress.kept;
        tx.put('progress', { ...progress, finished });
      }
    });
    this.listeners.notify({ kind: 'run-changed', runId: id });
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

  async saveTask(task: Task): Promise<void> {
    await this.#changeTask(task.id, task);
  }
  async removeTask(id: TaskId): Promise<void> {
    await this.#changeTask(id, undefined);
  }

  /** Puts or removes a task and corrects the run's counters with it. */
  async #changeTask(id: TaskId, after: Task | undefined): Promise<void> {
    const changedRun = await this.connection.write(['tasks', 'progress'], 'relaxed', async (tx) => {
      const before = await tx.get('tasks', id);
      const runId = (after ?? before)?.runId;
      const progress = runId && (await tx.get('progress', runId));
      if (progress) tx.put('progress', corrected(progress, before, after));
      if (after) tx.put('tasks', after);
      else tx.delete('tasks', id);
      return runId;
    });
    if (!changedRun) return;
    const tasks = after ? [after] : [];
    this.listeners.notify({
      kind: 'rows',
      runId: changedRun,
      tasks,
      removed: after ? [] : [id],
      candidates: [],
    });
  }

  async changeTasks(
    runId: RunId,
    ids: readonly TaskId[],
    change: (task: Task) => Task | null,
    onProgress: (done: number) => void,
  ): Promise<void> {
    // Kept when the work is tried again: the attempt before may have been written, and only its answer lost.
    const changed = new Set<TaskId>();
    await this.connection.write(['tasks', 'progress'], 'relaxed', async (tx) => {
      let progress = await tx.get('progress', runId);
      // Awaits each page of rows, so that the screen stays responsive.
      for await (const { tasks, asked } of tasksWith(ids, (...page) => tx.getAll('tasks', ...page))) {
        for (const before of tasks) {
          const after = change(before);
          if (!after) continue;
          if (progress) progress = corrected(progress, before, after);
          tx.put('tasks', after);
          changed.add(after.id);
        }
        onProgress(asked / 2);
      }
      if (progress) tx.put('progress', progress);
    });
    // Read again instead of held: tens of thousands of tasks in memory make the browser's collection of it slow.
    const read = (range: IDBKeyRange, count: number): Promise<Task[]> =>
      this.connection.getAll('tasks', range, count);
    const unchanged = ids.length - changed.size;
    for await (const { tasks, asked } of tasksWith([...changed], read)) {
      this.listeners.notify({ kind: 'rows', runId, tasks, removed: [], candidates: [] });
      onProgress((ids.length + unchanged + asked) / 2);
    }
  }

  // ---- ratings --------------------------------------------------------------------------------------------------

  scanRatings(runId: RunId): AsyncIterable<readonly Rating[]> {
    return this.#scan('ratings', runRange(runId));
  }
  async saveRatings(runId: RunId, ratings: readonly Rating[], removed: readonly string[]): Promise<void> {
    await this.connection.write(['ratings'], 'relaxed', (tx) => {
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
    { run, progress }: RunSummary,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<RunRecord> {
    const { id, number, abandoned } = await this.#beginImport();
    let written = 0;
    try {
      for (const { id: old } of abandoned) await this.#deleteRows(old);
      for await (const page of rows) {
        signal.throwIfAborted();
        await this.connection.write([...ROW_STORES, 'ratings'], 'relaxed', (tx) => {
          for (const entry of page) {
            const moved = moveRow(entry, id);
            tx.put(`${moved.kind}s`, moved.row);
          }
        });
        written += page.length;
        onProgress(written);
      }
      signal.throwIfAborted();
      const record: RunRecord = { ...run, id, number, source: 'imported' };
      // The run record comes last, so that an incomplete run is never visible.
      await this.connection.write(['runs', 'progress', 'settings'], 'strict', async (tx) => {
        const imports = await begunImports(tx);
        tx.put(
          'settings',
          imports.filter((begun) => begun.id !== id),
          IMPORTS,
        );
        tx.put('runs', record);
        tx.put('progress', { ...progress, runId: id });
      });
      this.listeners.notify({ kind: 'run-created', runId: id });
      return record;
    } catch (error) {
      // Rows that cannot be removed now are removed as abandoned later; the first error is the one to tell.
      await this.#deleteRows(id).catch(() => undefined);
      throw error;
    }
  }

  /** Takes a run number, so that a run started meanwhile gets another one, and notes the import in case it is killed. */
  #beginImport(): Promise<{ id: RunId; number: number; abandoned: readonly BegunImport[] }> {
    return this.connection.write(['runs', 'settings'], 'strict', async (tx) => {
      const { id, number } = await mintId(tx, 'runs');
      const imports = await begunImports(tx);
      const now = Date.now();
      tx.put('settings', [...imports, { id, at: now }], IMPORTS);
      return { id, number, abandoned: imports.filter(({ at }) => now - at > ABANDONED_MS) };
    });
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

const begunImports = async (tx: WriteTransaction): Promise<readonly BegunImport[]> =>
  ((await tx.get('settings', IMPORTS)) as readonly BegunImport[] | undefined) ?? [];
