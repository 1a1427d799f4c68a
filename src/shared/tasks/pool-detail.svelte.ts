/** The task or rejected candidate that is open beside the list: all that is stored of it, and the user's changes. */
import { type Failure, failureOf } from '../../core/errors';
import { callId } from '../../core/ids';
import type { StoreChange } from '../../core/ports';
import type { ModelCall } from '../../core/run';
import { contentOf } from '../../core/review/task-edits';
import type { Candidate, MachineTask, RunId, Task, TaskId } from '../../core/task';
import type { PoolRow } from './pool-rows';
import type { FormDrafts } from '../../app/form-drafts.svelte';
import { underRunLock } from '../../app/run/run-lock';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { type Draft, differs, draftOf, draftProblem, originalDraft, withDraft } from './task-edit';
import { draftKeyOf, keptText, type KeptText } from './kept-text';

/** A pool member that has to do with what is open. */
export interface Related {
  readonly id: TaskId;
  readonly origin: Task['origin'];
  /** Null when neither the task nor its candidate is stored. */
  readonly text: string | null;
  /** It was removed from the pool since. */
  readonly removed: boolean;
  readonly rougeL: number | null;
}
export type Subject =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'rejected'; readonly candidate: Candidate };
export interface Detail {
  readonly subject: Subject;
  /** Best first. */
  readonly neighbours: readonly Related[];
  readonly exemplars: readonly Related[];
  /** The instruction request, then those for type and instances, as far as they are stored. */
  readonly calls: readonly ModelCall[];
}

export class PoolDetail {
  detail = $state.raw<Detail | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** What the form holds while the task is edited. */
  draft = $state<Draft | null>(null);
  /** Whether the form holds what was typed before and not saved. */
  restored = $state(false);
  /** Why the form cannot be left or saved yet. */
  obstacle = $state<'unsaved' | 'changed-elsewhere' | null>(null);
  /** Removed in this visit, newest last: each can be restored. */
  removed = $state.raw<readonly Task[]>([]);
  #id: TaskId | null = null;
  #turn = 0;

  constructor(
    private readonly services: Services,
    private readonly session: RunSession,
    private readonly drafts: FormDrafts,
  ) {}

  get task(): Task | null {
    return this.detail?.subject.kind === 'task' ? this.detail.subject.task : null;
  }
  /** Whether a tab that computes the run holds the pool in memory: it has to be paused before a change. */
  get held(): boolean {
    return this.session.active || this.session.status === 'elsewhere';
  }
  get dirty(): boolean {
    return this.task !== null && this.draft !== null && differs(this.task, this.draft);
  }
  get problem(): string | null {
    return this.draft && draftProblem(this.draft);
  }

  /** Shows the row. False when a form with unsaved text is open. */
  async open(row: Pick<PoolRow, 'id' | 'kind'>): Promise<boolean> {
    if (row.id === this.#id && this.detail) return true;
    if (!this.#leaveForm()) return false;
    await this.#load(row.id, row.kind);
    return true;
  }
  /** False when a form with unsaved text is open. */
  close(): boolean {
    if (!this.#leaveForm()) return false;
    this.#reset();
    return true;
  }
  /** The removed tasks stay removed. */
  forgetRemoved(): void {
    this.removed = [];
  }
  /** Another run is shown: nothing of this one stays. */
  forget(): void {
    this.removed = [];
    this.#reset();
  }
  follow(change: StoreChange & { readonly kind: 'rows' }): void {
    const { detail } = this;
    if (!detail || this.draft || !change.tasks.some(({ id }) => id === this.#id)) return;
    void this.#load(change.tasks.find(({ id }) => id === this.#id)?.id ?? null, detail.subject.kind);
  }

  /** Opens the form, with what was typed into it before. */
  edit(): void {
    const { task } = this;
    if (!task || this.held) return;
    const kept = this.drafts.find(draftKeyOf(task.id))?.value as KeptText | undefined;
    const found = kept && keptText(kept, task);
    this.draft = found?.draft ?? draftOf(task);
    this.restored = found !== undefined;
    this.obstacle = found?.stale === true ? 'changed-elsewhere' : null;
  }
  /** Keeps what the form holds now, so that a closed tab does not lose it. */
  keep(): void {
    const { task, draft } = this;
    if (!task || !draft) return;
    const key = draftKeyOf(task.id);
    const text: KeptText = { draft: $state.snapshot(draft), from: contentOf(task) };
    if (this.dirty) this.drafts.keep(key, text);
    else this.drafts.forget(key);
  }
  /** Puts into the form what is stored. */
  takeStored(): void {
    if (this.task && this.draft) this.draft = draftOf(this.task);
    this.restored = false;
    this.obstacle = null;
  }
  /** Puts into the form what the machine wrote. */
  takeOriginal(): void {
    if (this.task?.origin === 'machine' && this.draft) this.draft = originalDraft(this.task);
  }
  discard(): void {
    if (this.task && this.draft) this.drafts.forget(draftKeyOf(this.task.id));
    this.#leave();
  }
  async save(): Promise<void> {
    const { task, draft } = this;
    if (!task || !draft || this.problem) return;
    const edited = withDraft(task, $state.snapshot(draft));
    const written = await this.#change(task.runId, async () => {
      const isOther = (stored: Task | undefined): boolean =>
        stored !== undefined && JSON.stringify(stored) !== JSON.stringify(task);
      const after = await this.services.store.changeTask(task.id, (stored) =>
        isOther(stored) ? stored : edited,
      );
      if (!after || after === edited) return true;
      this.#showTask(after);
      this.obstacle = 'changed-elsewhere';
      return false;
    });
    if (!written) return;
    this.discard();
    await this.#load(task.id, 'task');
  }
  /** Takes the task out of the pool; `undo` restores it. */
  async remove(): Promise<boolean> {
    const { task } = this;
    if (!task) return false;
    const removed = await this.#change(task.runId, async () => {
      let last: Task | undefined;
      await this.services.store.changeTask(task.id, (stored) => {
        last = stored;
        return undefined;
      });
      this.removed = [...this.removed, last ?? task];
      return true;
    });
    if (removed) {
      this.discard();
      this.#reset();
    }
    return removed;
  }
  /** Restores the task that was removed last; null when there is none or it could not be done. */
  async undo(): Promise<TaskId | null> {
    const task = this.removed.at(-1);
    if (!task) return null;
    const back = await this.#change(task.runId, async () => {
      await this.services.store.changeTask(task.id, (stored) => stored ?? task);
      this.removed = this.removed.slice(0, -1);
      return true;
    });
    return back ? task.id : null;
  }

  #leaveForm(): boolean {
    if (this.dirty) {
      this.obstacle = 'unsaved';
      return false;
    }
    this.discard();
    return true;
  }
  #leave(): void {
    this.draft = null;
    this.restored = false;
    this.obstacle = null;
  }
  #reset(): void {
    this.#turn++;
    this.#id = null;
    this.detail = null;
    this.failure = null;
    this.#leave();
  }
  #showTask(task: Task): void {
    if (this.detail) this.detail = { ...this.detail, subject: { kind: 'task', task } };
  }

  /** A run in this tab must be paused: its pipeline holds counters, exemplars and similarity index as they were. */
  async #change(runId: RunId, work: () => Promise<boolean>): Promise<boolean> {
    if (this.held) return false;
    this.failure = null;
    try {
      return await underRunLock(this.services, this.session, runId, work);
    } catch (error) {
      this.failure = failureOf(error);
      return false;
    }
  }

  async #load(id: TaskId | null, kind: Subject['kind']): Promise<void> {
    if (!id) return;
    const turn = ++this.#turn;
    this.#id = id;
    try {
      const detail = kind === 'task' ? await this.#taskDetail(id) : await this.#rejectedDetail(id);
      if (turn !== this.#turn) return;
      this.detail = detail;
      this.failure = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failure = failureOf(error);
    }
  }
  async #taskDetail(id: TaskId): Promise<Detail | null> {
    const task = await this.services.store.task(id);
    if (!task) return null;
    const subject = { kind: 'task', task } as const;
    if (task.origin === 'seed') return { subject, neighbours: [], exemplars: [], calls: [] };
    const { mostSimilar, exemplars } = task.provenance;
    const [neighbours, shown, calls] = await Promise.all([
      Promise.all(mostSimilar.map(({ id: other, rougeL }) => this.#related(other, rougeL))),
      Promise.all(exemplars.map((other) => this.#related(other, null))),
      this.#calls(task),
    ]);
    return { subject, neighbours, exemplars: shown, calls };
  }
  async #rejectedDetail(id: TaskId): Promise<Detail | null> {
    const { store } = this.services;
    const candidate = await store.candidate(id);
    if (!candidate) return null;
    const { nearest, runId, requestIndex } = candidate;
    const call = await store.call(callId(runId, 'instructions', requestIndex));
    const neighbours = nearest ? [await this.#related(nearest.id, nearest.rougeL)] : [];
    const exemplars = await Promise.all((call?.exemplars ?? []).map((other) => this.#related(other, null)));
    return { subject: { kind: 'rejected', candidate }, neighbours, exemplars, calls: call ? [call] : [] };
  }
  async #calls({ runId, seq, provenance }: MachineTask): Promise<readonly ModelCall[]> {
    const found = await this.services.store.calls([
      callId(runId, 'instructions', provenance.requestIndex),
      callId(runId, 'classification', seq),
      callId(runId, 'instances', seq),
    ]);
    return found.filter((call) => call !== undefined);
  }
  /** A removed machine task is still known by its candidate. */
  async #related(id: TaskId, rougeL: number | null): Promise<Related> {
    const task = await this.services.store.task(id);
    if (task) return { id, origin: task.origin, text: task.instruction, removed: false, rougeL };
    const candidate = await this.services.store.candidate(id);
    const origin = candidate ? 'machine' : 'seed';
    return { id, origin, text: candidate?.text ?? null, removed: true, rougeL };
  }
}
