/** The review desk: which tasks are judged in which order, where the person stands, and what he or she says of them. */
import { type Failure, failureOf } from '../../core/errors';
import type { StoreChange } from '../../core/ports';
import type { RatingsByTask } from '../../core/review/figures';
import { pace } from '../../core/review/pace';
import {
  isBlank,
  NO_ANSWERS,
  QUESTIONS,
  type Question,
  type Rating,
  ratingId,
  type Verdict,
} from '../../core/review/rating';
import { RATER_SETTING, raterName } from '../../core/review/rater';
import { PAPER_SAMPLE } from '../../core/review/sample';
import type { RunRecord } from '../../core/run';
import type { RunId, TaskId } from '../../core/task';
import { PoolDetail } from '../../shared/tasks/pool-detail.svelte';
import { SortedRows } from '../../shared/tasks/pool-rows';
import { RatingBook } from './rating-book.svelte';
import { chosen, type DeskQuery, isDone, type ReviewRow, reviewRow, scopeOf } from './review-rows';
import { ReviewSteps } from './review-steps.svelte';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { editableOf } from '../../shared/tasks/task-edit';
import { teller, type Work } from '../../app/progress';

export type DeskTab = 'rate' | 'replace' | 'figures';
/** More tasks than these change in the queue together, after a moment: each look at a long queue takes its time. */
const FEW = 50;
const GATHER_MS = 200;
type Marks = Partial<Pick<Rating, 'verdict' | 'flagged' | 'answers'>>;

export class ReviewDesk {
  tab = $state<DeskTab>('rate');
  run = $state.raw<RunRecord | null>(null);
  loading = $state.raw<Work | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Null until a name was given. */
  rater = $state<string | null>(null);
  raterAsked = $state(false);
  query = $state.raw<DeskQuery>({ scope: 'sample', size: PAPER_SAMPLE, seed: 1, shown: 'all', text: '' });
  /** The sample or all, and what of it is shown. */
  scope = $state.raw<readonly ReviewRow[]>([]);
  queue = $state.raw<readonly ReviewRow[]>([]);
  at = $state(0);
  /** The question that Y and N answer. */
  question = $state<Question>('valid');
  /** What was done or undone last, in words. */
  said = $state('');
  readonly book = new RatingBook();
  readonly detail: PoolDetail;
  readonly steps: ReviewSteps;
  /** Times at which tasks became done in this visit. */
  #times = $state.raw<readonly number[]>([]);
  #rows = new SortedRows<ReviewRow>();
  #count = $state(0);
  /** What was written since the queue was brought up to date; null is gone. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
  #touched = new Map<TaskId, ReviewRow | null>();
  #gathering = 0;
  #turn = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly session: RunSession,
  ) {
    this.detail = new PoolDetail(services, session);
    this.steps = new ReviewSteps(services, session);
    services.store.watch((change) => this.#take(change));
  }

  /** Tasks that can be judged. */
  get tasks(): number {
    return this.#count;
  }
  get current(): ReviewRow | undefined {
    return this.queue[this.at];
  }
  row(id: TaskId): ReviewRow | undefined {
    return this.#rows.get(id);
  }
  get rating(): Rating | undefined {
    return this.current && this.ratingOf(this.current.id);
  }
  /** The rater's own: what others say is not shown while rating. */
  ratingOf(id: TaskId): Rating | undefined {
    return this.#own().get(id);
  }
  readonly done = $derived.by((): number => {
    const isOpen = this.#isOpen();
    let done = 0;
    for (const row of this.scope) if (!isOpen(row)) done++;
    return done;
  });
  /** Milliseconds for one task; null until two were done. */
  get pace(): number | null {
    return pace(this.#times);
  }

  async askRater(): Promise<void> {
    if (this.raterAsked) return;
    const stored = await this.#guard(() => this.services.store.setting<string>(RATER_SETTING));
    this.rater = typeof stored === 'string' ? raterName(stored) : null;
    this.raterAsked = true;
  }
  /** False when nothing is left of the name. */
  async nameRater(typed: string): Promise<boolean> {
    const name = raterName(typed);
    if (name === null) return false;
    this.rater = name;
    this.#times = [];
    await this.#guard(() => this.services.store.saveSetting(RATER_SETTING, name));
    await this.ask({});
    return true;
  }
  /** Another person sits down. */
  forgetRater(): void {
    if (!this.detail.close()) return;
    this.rater = null;
  }

  /** Reads the run's tasks and ratings, unless they are here. */
  async show(id: RunId): Promise<void> {
    if (this.run?.id === id && !this.failure) return;
    const turn = ++this.#turn;
    const wanted = (): boolean => turn === this.#turn;
    await this.#guard(async () => {
      const summary = await this.services.store.run(id);
      if (!summary || !wanted()) return;
      this.#forget();
      this.run = summary.run;
      const total = summary.run.seedSet.count + summary.progress.kept;
      const tell = teller('Reading the tasks', 'rows', total, (work) => (this.loading = work));
      let done = 0;
      const rows = this.#rows;
      for await (const page of this.services.store.scanTasks(id)) {
        if (!wanted()) return;
        for (const task of page) {
          const row = reviewRow(task);
          if (row) rows.put(row);
        }
        tell((done += page.length));
      }
      await this.book.load(this.services.store, id, wanted);
      if (!wanted()) return;
      this.#count = rows.rows.length;
      await this.ask({});
    });
    if (wanted()) this.loading = null;
  }

  /** Chooses anew what is gone through, and stands at the first that needs work. */
  async ask(change: Partial<DeskQuery>): Promise<void> {
    if (!this.detail.close()) return;
    this.query = { ...this.query, ...change };
    this.scope = scopeOf([...this.#rows.rows], this.query);
    this.queue = chosen(this.scope, this.query, this.#own());
    await this.#stand(Math.max(0, this.queue.findIndex(this.#isOpen())));
  }

  step(by: number): Promise<void> {
    return this.#inTurn(() => this.#move(by));
  }
  /** The next task that needs work, from the top when there is none below. */
  nextOpen(): Promise<void> {
    return this.#inTurn(async () => {
      const isOpen = this.#isOpen();
      const below = this.queue.findIndex((row, i) => i > this.at && isOpen(row));
      const next = below < 0 ? this.queue.findIndex(isOpen) : below;
      if (next >= 0) await this.#stand(next);
      else this.said = 'Nothing is left to rate here.';
    });
  }

  /** Says yes or no to the whole task, and goes on. */
  decide(verdict: Verdict): Promise<void> {
    return this.#inTurn(async () => {
      const saved = await this.#mark({ verdict }, verdict === 'accepted' ? 'Accepted' : 'Rejected');
      if (saved) await this.#move(1);
    });
  }
  flag(): Promise<void> {
    return this.#inTurn(async () => {
      const flagged = this.rating?.flagged !== true;
      await this.#mark({ flagged }, flagged ? 'Flagged' : 'Flag taken off');
    });
  }
  /** Answers a question (the chosen one when none is named), and goes on to the next without an answer. */
  answer(yes: boolean, asked?: Question): Promise<void> {
    return this.#inTurn(async () => {
      const question = asked ?? this.question;
      const answers = { ...(this.rating?.answers ?? NO_ANSWERS), [question]: yes };
      const number = QUESTIONS.indexOf(question) + 1;
      if (!(await this.#mark({ answers }, `Question ${number} answered ${yes ? 'yes' : 'no'}`))) return;
      const rest = [...QUESTIONS.slice(number), ...QUESTIONS.slice(0, number)];
      this.question = rest.find((other) => answers[other] === null) ?? question;
    });
  }

  /** Y and N answer this question now. */
  turnTo(question: Question): Promise<void> {
    return this.#inTurn(() => Promise.resolve((this.question = question)));
  }

  edit(): Promise<void> {
    return this.#inTurn(() => {
      this.detail.edit();
      return Promise.resolve();
    });
  }
  /** Stores the form of the open task; the text of the machine stays beside it. */
  saveEdit(): Promise<void> {
    return this.#inTurn(async () => {
      const { task: before } = this.detail;
      if (!before) return;
      await this.detail.save();
      const { task: after } = this.detail;
      if (this.detail.draft || !after || after.id !== before.id) return;
      const label = `Edited ${this.#labelOf(after.id)}`;
      this.steps.push({
        label,
        runId: after.runId,
        taskId: after.id,
        ratings: [],
        tasks: [{ id: after.id, before: editableOf(before), after: editableOf(after) }],
      });
      this.said = `${label}.`;
    });
  }

  /** Takes the newest step back and shows where it was done. */
  undo(): Promise<void> {
    return this.#inTurn(async () => {
      const step = this.steps.last;
      if (!step) {
        this.said = 'There is nothing to undo.';
        return;
      }
      if (step.tasks.length > 0 && this.detail.held) {
        this.said = 'Pause the run to take back a change of its tasks.';
        return;
      }
      if (!this.detail.close()) return;
      const undone = await this.#guard(() => this.steps.undo());
      if (undone) {
        const stay =
          undone.left === 1
            ? '1 task was changed again since and stays'
            : `${undone.left} tasks were changed again since and stay`;
        const left = undone.left > 0 ? ` ${stay}.` : '';
        this.said = `Taken back: ${step.label}.${left}`;
      }
      const place = this.queue.findIndex(({ id }) => id === step.taskId);
      await this.#stand(place < 0 ? this.at : place);
    });
  }

  /** One thing after the other: a key that comes while a task is being fetched waits for it. */
  #inTurn(work: () => Promise<unknown>): Promise<void> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => undefined);
    return next.then(() => undefined);
  }

  async #mark(marks: Marks, said: string): Promise<boolean> {
    const { current: row, rater, run } = this;
    if (!row || rater === null || !run || this.detail.draft) return false;
    const id = ratingId(row.id, rater);
    const before = this.book.byId(id) ?? null;
    const rating: Rating = {
      verdict: before?.verdict ?? null,
      flagged: before?.flagged ?? false,
      answers: before?.answers ?? NO_ANSWERS,
      ...marks,
      id,
      runId: run.id,
      taskId: row.id,
      rater,
      print: row.print,
      ratedAt: this.services.now(),
    };
    const blank = isBlank(rating);
    const saved = await this.#guard(async () => {
      await this.services.store.saveRatings(run.id, blank ? [] : [rating], blank ? [id] : []);
      return true;
    });
    if (!saved) return false;
    const label = `${said}: ${row.task.label}`;
    this.steps.push({ label, runId: run.id, taskId: row.id, ratings: [{ id, before }], tasks: [] });
    this.said = `${label}.`;
    const { scope } = this.query;
    if (isDone(rating, scope) && !isDone(before ?? undefined, scope)) {
      this.#times = [...this.#times, performance.now()];
    }
    return true;
  }

  async #move(by: number): Promise<void> {
    const to = Math.max(0, Math.min(this.queue.length - 1, this.at + by));
    if (to !== this.at) await this.#stand(to);
  }
  async #stand(at: number): Promise<void> {
    const row = this.queue[at];
    if (!row) {
      this.detail.close();
      this.at = 0;
      return;
    }
    if (!(await this.detail.open(row.task))) return;
    this.at = at;
    const { answers } = this.ratingOf(row.id) ?? { answers: NO_ANSWERS };
    this.question = QUESTIONS.find((question) => answers[question] === null) ?? 'valid';
  }
  /** Looked up once for all tasks of a long queue: each look at a signal takes its time. */
  #own(): RatingsByTask {
    return this.book.of(this.rater);
  }
  /** Whether a task still needs work. */
  #isOpen(): (row: ReviewRow) => boolean {
    const own = this.#own();
    const { scope } = this.query;
    return ({ id }) => !isDone(own.get(id), scope);
  }
  #labelOf(id: TaskId): string {
    return this.row(id)?.task.label ?? id;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.failure = null;
      return result;
    } catch (error) {
      this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
      return undefined;
    }
  }

  #take(change: StoreChange): void {
    if (!this.run || change.runId !== this.run.id) return;
    if (change.kind === 'run-deleted') {
      this.#turn++;
      this.#forget();
      this.run = null;
    } else if (change.kind === 'ratings') this.book.take(change);
    else if (change.kind === 'rows') {
      for (const task of change.tasks) this.#replace(task.id, reviewRow(task));
      for (const id of change.removed) this.#replace(id, null);
      this.#gather(change);
      this.detail.follow(change);
    }
  }
  #replace(id: TaskId, row: ReviewRow | null): void {
    this.#touched.set(id, row);
    if (row) this.#rows.put(row);
    else this.#rows.remove(id);
  }
  #gather({ tasks, removed }: StoreChange & { readonly kind: 'rows' }): void {
    if (tasks.length + removed.length <= FEW) this.#refreshQueue();
    else this.#gathering ||= window.setTimeout(() => this.#refreshQueue(), GATHER_MS);
  }
  /** The queue stays as it was chosen; what was written of its tasks is shown in place. */
  #refreshQueue(): void {
    window.clearTimeout(this.#gathering);
    this.#gathering = 0;
    const touched = this.#touched;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    this.#touched = new Map();
    this.#count = this.#rows.rows.length;
    if (!this.scope.some(({ id }) => touched.has(id))) return;
    const now = (rows: readonly ReviewRow[]): readonly ReviewRow[] => {
      const written: ReviewRow[] = [];
      for (const row of rows) {
        const newer = touched.get(row.id);
        if (newer !== null) written.push(newer ?? row);
      }
      return written;
    };
    const all = this.queue === this.scope;
    this.scope = now(this.scope);
    this.queue = all ? this.scope : now(this.queue);
    this.at = Math.max(0, Math.min(this.at, this.queue.length - 1));
  }

  #forget(): void {
    this.#rows = new SortedRows();
    window.clearTimeout(this.#gathering);
    this.#gathering = 0;
    this.#touched.clear();
    this.#count = 0;
    this.book.clear();
    this.steps.clear();
    this.detail.forget();
    this.scope = [];
    this.queue = [];
    this.at = 0;
    this.#times = [];
    this.said = '';
    this.failure = null;
    this.loading = null;
  }
}
