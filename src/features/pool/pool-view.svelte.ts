/** What the Pool screen shows of the open run: its tasks and rejected candidates, searched, filtered and sorted. */
import type { StoreChange } from '../../core/ports';
import { rejectedOf } from '../../core/pipeline/progress';
import type { RunRecord } from '../../core/run';
import type { Candidate, RunId, Task, TaskId } from '../../core/task';
import { PoolDetail } from '../../shared/tasks/pool-detail.svelte';
import { ALL, type PoolList, type PoolQuery, select, type Selection } from './pool-query';
import {
  type PoolRow,
  type RejectedRow,
  rejectedRow,
  SortedRows,
  type TaskRow,
  taskRow,
} from '../../shared/tasks/pool-rows';
import type { AppState } from '../../app/app-state.svelte';
import type { Classroom } from '../../app/classroom/classroom.svelte';
import { FormDrafts } from '../../app/form-drafts.svelte';
import type { Services } from '../../app/services';
import { WORDS } from './words';
import { Job } from '../../app/job.svelte';
import { asWriter } from '../../app/writer-locks';

/** What the list on the screen says of itself: whether it is being read, and how far down it is seen. */
export interface Reading {
  readonly held: boolean;
  readonly lastVisible: number;
}
const NOTHING: Selection = { rows: [], whole: 0, counts: [] };
/** A run commits many times a second; the list follows at a pace that can be read. */
const FOLLOW_MS = 300;

export class PoolView {
  run = $state.raw<RunRecord | null>(null);
  /** Reads the rows. */
  readonly job = new Job();
  list = $state<PoolList>('tasks');
  query = $state.raw<PoolQuery>(ALL);
  selection = $state.raw<Selection>(NOTHING);
  totals = $state.raw<Readonly<Record<PoolList, number>>>({ tasks: 0, rejected: 0 });
  /** Counts what the user asked for: the list begins at its top again. */
  asked = $state(0);
  /** Rows that have come while the list holds still. */
  waiting = $state(0);
  /** Rows of the list that have words for a classroom, hidden or not. */
  named = $state(0);
  /** The row that J and K start from. */
  current = $state<TaskId | null>(null);
  readonly detail: PoolDetail;
  #tasks = new SortedRows<TaskRow>();
  #rejected = new SortedRows<RejectedRow>();
  #reading: Reading = { held: false, lastVisible: 0 };
  #next: Selection | null = null;
  /** Rows written since the list was last made. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #changed = new Map<TaskId, PoolRow>();
  #following = 0;
  #showTurn = 0;
  #selectTurn = 0;
  #onScreen = false;
  /** The task that the list is to be filtered for once it is read. */
  #wanted: TaskId | null = null;

  readonly #services: Services;

  readonly #classroom: Classroom;

  constructor(app: AppState) {
    const { services, session, classroom } = app;
    this.#services = services;
    this.#classroom = classroom;
    this.detail = new PoolDetail(services, session, app.lasting(FormDrafts));
    services.store.watch((change) => this.#take(change));
    classroom.follow(
      () => this.#reload(),
      () => {
        this.detail.close();
        void this.#refresh(true);
      },
    );
  }

  /** The screen is shown. Returns what to do when it is left. */
  enter(): () => void {
    this.#onScreen = true;
    void this.#refresh(true);
    return () => {
      this.#onScreen = false;
      this.read({ held: false, lastVisible: 0 });
    };
  }

  /** Reads the run's rows in pages, unless they are here already and another tab has not changed their number. */
  async show(id: RunId): Promise<void> {
    const turn = ++this.#showTurn;
    const summary = await this.job.attempt(() => this.#services.store.run(id));
    if (!summary || turn !== this.#showTurn) return;
    const { run, progress } = summary;
    const known = this.run?.id === id && !this.job.failure;
    if (!known) this.#forget();
    this.run = run;
    const rejected = rejectedOf(progress);
    const machine = this.#tasks.rows.filter(({ origin }) => origin === 'machine').length;
    const current =
      this.job.running || (machine === progress.kept && this.#rejected.rows.length === rejected);
    if (known && current) return;
    await this.#load(run, run.seedSet.count + progress.kept, rejected);
  }

  /** Shows the tasks with the instruction of this one; a task that is still to be read is found when it is. */
  find(id: string | null): void {
    this.#wanted = id as TaskId | null;
    this.#showWanted();
  }
  #showWanted(): void {
    const row = this.#wanted && this.#tasks.get(this.#wanted);
    if (!row) return;
    this.#wanted = null;
    this.list = 'tasks';
    this.ask({ text: row.text });
  }

  showList(list: PoolList): void {
    this.list = list;
    void this.#refresh(true);
  }
  ask(change: Partial<PoolQuery>): void {
    this.query = { ...this.query, ...change };
    void this.#refresh(true);
  }
  /** Ascending and descending in turn; a new key begins with the end that is looked for. */
  sortBy(sort: PoolQuery['sort']): void {
    this.ask({ sort, descending: this.query.sort === sort ? !this.query.descending : true });
  }

  /** Rows that are being read do not move: rows that would push it wait until it is left. */
  read(reading: Reading): void {
    this.#reading = reading;
    if (!reading.held && this.#next) this.showWaiting();
  }
  showWaiting(): void {
    if (this.#next) this.#publish(this.#next);
  }

  /** The row `step` places after the current one. */
  neighbour(step: number): PoolRow | undefined {
    const { rows } = this.selection;
    const at = rows.findIndex(({ id }) => id === this.current);
    return at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  }

  /** Removes the current task and moves to the next row. */
  async remove(): Promise<PoolRow | null> {
    const next = this.neighbour(1)?.id === this.current ? this.neighbour(-1) : this.neighbour(1);
    const id = this.current;
    if (!(await this.detail.remove())) return null;
    await this.#refresh(true, false);
    if (!next || next.id === id) return null;
    this.current = next.id;
    return next;
  }
  async undo(): Promise<void> {
    const id = await this.detail.undo();
    if (!id) return;
    await this.#refresh(true, false);
    this.current = id;
  }

  /** Deletes the run and all its rows. False when another tab is writing it, or the store fails. */
  async deleteRun(): Promise<boolean> {
    const { run } = this;
    if (!run || this.detail.held) return false;
    const deleted = await this.job.attempt(async () => {
      const { locks, store } = this.#services;
      await asWriter(locks, 'run', run.id, () => store.deleteRun(run.id));
      return true;
    });
    return deleted === true;
  }

  #reload(): void {
    const { run } = this;
    if (!run) return;
    this.#forget();
    void this.show(run.id);
  }
  #taskRow(task: Task): TaskRow {
    return taskRow(task, this.#classroom.names(task));
  }
  #rejectedRow(candidate: Candidate): RejectedRow | null {
    return rejectedRow(candidate, this.#classroom.namesText(candidate.text));
  }

  async #load(run: RunRecord, tasks: number, rejected: number): Promise<void> {
    const { store } = this.#services;
    const freshTasks = new SortedRows<TaskRow>();
    const freshRejected = new SortedRows<RejectedRow>();
    this.#tasks = freshTasks;
    this.#rejected = freshRejected;
    await this.job.replace(async (signal, report) => {
      for await (const page of store.scanTasks(run.id)) {
        signal.throwIfAborted();
        for (const task of page) freshTasks.put(this.#taskRow(task));
        report({ label: WORDS.readingTasks, unit: 'rows', done: freshTasks.rows.length, total: tasks });
      }
      if (this.list === 'tasks') await this.#refresh(true);
      this.#showWanted();
      let done = 0;
      for await (const page of store.scanCandidates(run.id)) {
        signal.throwIfAborted();
        for (const candidate of page) this.#putRejected(freshRejected, this.#rejectedRow(candidate));
        done += page.length;
        report({ label: WORDS.readingCandidates, unit: 'rows', done, total: tasks + rejected });
      }
      await this.#refresh(this.list === 'rejected');
    });
  }
  #putRejected(rows: SortedRows<RejectedRow>, row: RejectedRow | null): void {
    if (row) rows.put(row);
  }

  #take(change: StoreChange): void {
    const { run } = this;
    if (!run || change.runId !== run.id) return;
    if (change.kind === 'run-deleted') {
      this.run = null;
      this.#forget();
    }
    if (change.kind !== 'rows') return;
    for (const task of change.tasks) {
      const row = this.#taskRow(task);
      this.#tasks.put(row);
      this.#changed.set(row.id, row);
    }
    for (const candidate of change.candidates)
      this.#putRejected(this.#rejected, this.#rejectedRow(candidate));
    for (const id of change.removed) this.#tasks.remove(id);
    this.detail.follow(change);
    if (this.#onScreen && this.#following === 0) {
      this.#following = window.setTimeout(() => {
        this.#following = 0;
        void this.#refresh(false);
      }, FOLLOW_MS);
    }
  }

  /** @param now asked by the user: shown at once, and from the top. */
  async #refresh(now: boolean, fromTop = now): Promise<void> {
    this.totals = { tasks: this.#tasks.rows.length, rejected: this.#rejected.rows.length };
    const turn = ++this.#selectTurn;
    const { list, query } = this;
    // A copy: while it is looked through in slices, a run may add rows.
    const rows: readonly PoolRow[] = list === 'tasks' ? this.#tasks.rows : this.#rejected.rows;
    const open = rows.filter(({ named }) => !named);
    this.named = rows.length - open.length;
    const all = this.#classroom.hiding ? open : [...rows];
    const next = await select(all, list, query, () => turn !== this.#selectTurn);
    if (!next) return;
    if (fromTop) this.asked++;
    if (now || this.#harmless(next.rows)) this.#publish(next);
    else this.#wait(next);
  }

  #publish(next: Selection): void {
    this.#next = null;
    this.#changed.clear();
    this.waiting = 0;
    this.selection = next;
  }
  /** The rows that are shown stay where they are; what was written of them is shown in place. */
  #wait(next: Selection): void {
    this.#next = next;
    const { rows } = this.selection;
    this.waiting = Math.max(0, next.rows.length - rows.length);
    const inPlace = rows.map((row) => this.#changed.get(row.id) ?? row);
    this.#changed.clear();
    this.selection = { ...next, rows: inPlace };
  }
  /** Whether showing these rows moves nothing that is being read. */
  #harmless(next: readonly PoolRow[]): boolean {
    const { held, lastVisible } = this.#reading;
    if (!held) return true;
    return this.selection.rows.slice(0, lastVisible + 1).every((row, i) => next[i]?.id === row.id);
  }

  #forget(): void {
    this.#tasks = new SortedRows();
    this.#rejected = new SortedRows();
    this.detail.forget();
    this.job.cancel();
    this.job.failure = null;
    this.current = null;
    this.query = { ...ALL, sort: this.query.sort, descending: this.query.descending };
    this.#publish(NOTHING);
    this.totals = { tasks: 0, rejected: 0 };
  }
}
