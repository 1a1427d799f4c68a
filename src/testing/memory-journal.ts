/** The pipeline's journal in memory, atomic as the real one; a `tab` can die before or after any of its commits. */
import { AppError } from '../core/errors';
import { initialProgress } from '../core/pipeline/progress';
import type { Commit, RunJournal } from '../core/ports';
import type { ModelCall, RunProgress } from '../core/run';
import type { Candidate, MachineTask, RunId, Task } from '../core/task';

const byId = <T extends { readonly id: string }>(a: T, b: T): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

export class MemoryStore {
  readonly tasks = new Map<string, Task>();
  readonly candidates = new Map<string, Candidate>();
  readonly calls = new Map<string, ModelCall>();
  readonly progress = new Map<RunId, RunProgress>();

  constructor(seeds: readonly Task[]) {
    for (const seed of seeds) this.tasks.set(seed.id, seed);
  }
  write({ progress, calls = [], candidates = [], tasks = [] }: Commit): void {
    const copy = structuredClone({ progress, calls, candidates, tasks });
    this.progress.set(progress.runId, copy.progress);
    for (const call of copy.calls) this.calls.set(call.id, call);
    for (const candidate of copy.candidates) this.candidates.set(candidate.id, candidate);
    for (const task of copy.tasks) this.tasks.set(task.id, task);
  }
  sorted<T extends { readonly id: string }>(rows: ReadonlyMap<string, T>): T[] {
    return [...rows.values()].sort(byId);
  }
}

export interface Death {
  /** The commit, counted from 1, at which the tab dies. */
  readonly at: number;
  /** `before`: nothing is written. `after`: it is written, but nobody hears of it. */
  readonly when: 'before' | 'after';
}

/** One tab's view of the store. After its death every call fails, as after a kill nothing more happens. */
export class MemoryJournal implements RunJournal {
  commits = 0;
  dead = false;
  /** Calls whose commit was acknowledged. */
  committedCalls = 0;
  constructor(
    readonly store: MemoryStore,
    private readonly death: Death | null = null,
    private readonly wait: () => Promise<void> = () => Promise.resolve(),
  ) {}

  async commit(commit: Commit): Promise<void> {
    await this.#alive();
    const dies = ++this.commits === this.death?.at;
    if (!dies || this.death.when === 'after') this.store.write(commit);
    if (dies) this.dead = true;
    await this.#alive();
    this.committedCalls += commit.calls?.length ?? 0;
  }
  async calls(ids: readonly string[]): Promise<readonly (ModelCall | undefined)[]> {
    await this.#alive();
    return ids.map((id) => this.store.calls.get(id));
  }
  async unfinished(runId: RunId): Promise<readonly MachineTask[]> {
    await this.#alive();
    return this.#tasks(runId)
      .filter((task): task is MachineTask => task.origin === 'machine' && task.stage !== 'complete')
      .sort((a, b) => a.seq - b.seq);
  }
  async *scanTasks(runId: RunId): AsyncGenerator<readonly Task[]> {
    await this.#alive();
    const tasks = this.#tasks(runId);
    for (const origin of ['seed', 'machine'] as const) {
      const rows = tasks.filter((task) => task.origin === origin);
      for (let i = 0; i < rows.length; i += 3) yield rows.slice(i, i + 3);
    }
  }
  async progress(runId: RunId): Promise<RunProgress> {
    await this.#alive();
    return this.store.progress.get(runId) ?? initialProgress(runId);
  }

  #tasks(runId: RunId): Task[] {
    return this.store.sorted(this.store.tasks).filter((task) => task.runId === runId);
  }
  async #alive(): Promise<void> {
    await this.wait();
    if (this.dead) throw new AppError({ kind: 'storage-unavailable', detail: 'the tab was killed' });
  }
}
