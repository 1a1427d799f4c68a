/** The review of one run: the queue of tasks, the rater's ratings of them, edits and undo. */
import { type Failure, failureOf } from '../../core/errors';
import type { Progress, StoreChange } from '../../core/ports';
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
import type { RunRecord } from '../../core/run';
import type { RunId, TaskId } from '../../core/task';
import type { Rater } from '../../shared/raters/rater.svelte';
import { Ratings } from '../../shared/raters/ratings.svelte';
import { PoolDetail } from '../../shared/tasks/pool-detail.svelte';
import { type Marks, withMarks } from './review-marks';
import { isDone, type ReviewQuery } from './review-rows';
import { ReviewHistory } from './review-history.svelte';
import { ReviewQueue } from './review-queue.svelte';
import type { Classroom } from '../../app/classroom/classroom.svelte';
import type { FormDrafts } from '../../app/form-drafts.svelte';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { editableOf } from '../../core/review/task-edits';
import { type ReviewTab, WORDS } from './words';

export class ReviewSession {
  tab = $state<ReviewTab>('rate');
  run = $state.raw<RunRecord | null>(null);
  loading = $state.raw<Progress | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The question that Y and N answer. */
  question = $state<Question>('valid');
  /** What was done or undone last, in words. */
  status = $state('');
  readonly queue: ReviewQueue;
  readonly ratings = new Ratings<TaskId, Rating>(({ taskId }) => taskId);
  readonly detail: PoolDetail;
  readonly history: ReviewHistory;
  /** Times at which tasks became done in this visit. */
  #times = $state.raw<readonly number[]>([]);
  /** The rater for whom the queue was chosen. */
  #queueOf: string | null = null;
  readonly #forgetting: (() => void)[] = [];
  #turn = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly services: Services,
    session: RunSession,
    readonly rater: Rater,
    drafts: FormDrafts,
    classroom: Pick<Classroom, 'names' | 'hiding'>,
  ) {
    this.queue = new ReviewQueue(classroom);
    this.detail = new PoolDetail(services, session, drafts);
    this.history = new ReviewHistory(services, session);
    services.store.watch((change) => this.#take(change));
  }

  /** The rater's own of the current task: those of others are not shown while rating. */
  get rating(): Rating | undefined {
    const { current } = this.queue;
    return current && this.#own().get(current.id);
  }
  readonly done = $derived.by((): number => {
    const isOpen = this.queue.isOpen(this.#own());
    let done = 0;
    for (const row of this.queue.scope) if (!isOpen(row)) done++;
    return done;
  });
  /** Milliseconds for one task; null until two were done. */
  get pace(): number | null {
    return pace(this.#times);
  }

  /** @param listener is called when the run that is open gives way: nothing that was found in it may stay */
  whenForgotten(listener: () => void): void {
    this.#forgetting.push(listener);
  }

  /** Asks who rates; the queue follows when that is another person than before. */
  async loadRater(): Promise<void> {
    await this.#guard(() => this.rater.load());
    if (this.run && this.rater.name !== this.#queueOf) await this.ask({});
  }
  async setRater(typed: string): Promise<void> {
    await this.#guard(() => this.rater.rename(typed));
    this.#times = [];
    await this.ask({});
  }
  clearRater(): void {
    if (this.detail.close()) this.rater.clear();
  }

  /** Reads everything again. */
  async reread(): Promise<void> {
    const { run } = this;
    if (!run || !this.detail.close()) return;
    this.run = null;
    await this.show(run.id);
  }

  /** Reads the run's tasks and ratings, unless they are here. */
  async show(id: RunId): Promise<void> {
    if (this.run?.id === id && !this.failure) return;
    const turn = ++this.#turn;
    const wanted = (): boolean => turn === this.#turn;
    await this.#guard(async () => {
      const { store } = this.services;
      const summary = await store.run(id);
      if (!summary) return;
      // What is under way ends first, with the ratings that it is about.
      await this.#inTurn(() => {
        if (wanted()) this.#forget();
        return Promise.resolve();
      });
      if (!wanted()) return;
      await this.history.load(id);
      if (!wanted()) return;
      this.run = summary.run;
      const total = summary.run.seedSet.count + summary.progress.kept;
      const since = performance.now();
      let done = 0;
      for await (const page of store.scanTasks(id)) {
        if (!wanted()) return;
        this.queue.load(page);
        done += page.length;
        this.loading = { label: WORDS.session.reading, unit: 'rows', done, total, since };
      }
      for await (const rows of store.scanRatings(id)) {
        if (!wanted()) return;
        this.ratings.change({ rows, removed: [] });
      }
      await this.ask({});
    });
    if (wanted()) this.loading = null;
  }

  /** Rebuilds the queue for the query and selects the first unrated task. */
  async ask(change: Partial<ReviewQuery>): Promise<void> {
    if (!this.detail.close()) return;
    this.#queueOf = this.rater.name;
    this.queue.choose(change, this.#own());
    await this.#select(Math.max(0, this.queue.rows.findIndex(this.queue.isOpen(this.#own()))));
  }

  step(by: number): Promise<void> {
    return this.#inTurn(() => this.#move(by));
  }
  /** Shows this task; the search, the filter or the sample give way when it is not in them. */
  goTo(id: TaskId): Promise<void> {
    return this.#inTurn(async () => {
      const place = (): number => this.queue.rows.findIndex((row) => row.id === id);
      if (place() < 0) await this.ask({ text: '', shown: 'all' });
      if (place() < 0) await this.ask({ scope: 'all' });
      if (place() >= 0) await this.#select(place());
    });
  }
  /** The next unrated task, from the top when there is none below. */
  nextOpen(): Promise<void> {
    return this.#inTurn(async () => {
      const next = this.queue.nextOpen(this.#own());
      if (next >= 0) await this.#select(next);
      else this.status = WORDS.session.nothingLeft;
    });
  }

  /** Accepts or rejects the whole task, then moves to the next. */
  decide(verdict: Verdict): Promise<void> {
    return this.#inTurn(async () => {
      if (await this.#mark({ verdict }, WORDS.session.verdicts[verdict])) await this.#move(1);
    });
  }
  flag(): Promise<void> {
    return this.#inTurn(async () => {
      const flagged = this.rating?.flagged !== true;
      await this.#mark({ flagged }, flagged ? WORDS.session.flagged : WORDS.session.unflagged);
    });
  }
  /** Answers a question (the selected one when none is named), then selects the next without an answer. */
  answer(yes: boolean, asked?: Question): Promise<void> {
    return this.#inTurn(async () => {
      const question = asked ?? this.question;
      const answers = { ...(this.rating?.answers ?? NO_ANSWERS), [question]: yes };
      const number = QUESTIONS.indexOf(question) + 1;
      if (!(await this.#mark({ answers }, WORDS.session.answered(number, yes)))) return;
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
  /** Stores the form of the open task; the text of the machine is kept beside it. */
  saveEdit(): Promise<void> {
    return this.#inTurn(async () => {
      const { task: before } = this.detail;
      if (!before) return;
      await this.detail.save();
      const { task: after } = this.detail;
      if (this.detail.draft || !after || after.id !== before.id) return;
      const label = WORDS.session.edited(this.queue.row(after.id)?.task.label ?? after.id);
      const tasks = [{ id: after.id, before: editableOf(before), after: editableOf(after) }];
      this.history.steps.push({ label, runId: after.runId, taskId: after.id, tasks });
      this.status = `${label}.`;
    });
  }

  /** Work on many tasks, in its turn: no task is open meanwhile. Not done while a form holds unsaved text. */
  together(work: () => Promise<unknown>): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.detail.close()) return;
      await work();
      await this.#select(this.queue.at);
    });
  }

  /** Undoes the newest step and selects the task that it changed. */
  undo(): Promise<void> {
    return this.#inTurn(async () => {
      const step = this.history.steps.last;
      if (!step) {
        this.status = WORDS.session.nothingToUndo;
        return;
      }
      if ((step.tasks ?? step.bulk) && this.detail.held) {
        this.status = WORDS.session.pauseToUndo;
        return;
      }
      if (!this.detail.close()) return;
      const left = await this.#guard(() => this.history.undo());
      if (left !== undefined)
        this.status = left === null ? WORDS.session.undoneElsewhere : WORDS.session.undone(step.label, left);
      const place = this.queue.rows.findIndex(({ id }) => id === step.taskId);
      await this.#select(place < 0 ? this.queue.at : place);
    });
  }

  /** One after the other: a key that comes while a task is being read waits for it. */
  #inTurn(work: () => Promise<unknown>): Promise<void> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => undefined);
    return next.then(() => undefined);
  }

  async #mark(marks: Marks, done: string): Promise<boolean> {
    const { run } = this;
    const { current: row, query } = this.queue;
    const rater = this.rater.name;
    if (!row || rater === null || !run || this.detail.draft) return false;
    const id = ratingId(row.id, rater);
    const before = this.ratings.byId(id);
    const by = { runId: run.id, rater, ratedAt: this.services.now() };
    const rating = withMarks(before, row, by, marks);
    const ratings = this.ratings.restoring([id]);
    const blank = isBlank(rating);
    const saved = await this.#guard(async () => {
      await this.services.store.saveRatings(run.id, blank ? [] : [rating], blank ? [id] : []);
      return true;
    });
    if (!saved) return false;
    const label = `${done}: ${row.task.label}`;
    this.history.steps.push({ label, runId: run.id, taskId: row.id, ratings });
    this.status = `${label}.`;
    if (isDone(rating, query.scope) && !isDone(before, query.scope)) {
      this.#times = [...this.#times, performance.now()];
    }
    return true;
  }

  async #move(by: number): Promise<void> {
    const { at, rows } = this.queue;
    const to = Math.max(0, Math.min(rows.length - 1, at + by));
    if (to !== at) await this.#select(to);
  }
  async #select(at: number): Promise<void> {
    const row = this.queue.rows[at];
    if (!row) {
      this.detail.close();
      this.queue.at = 0;
      return;
    }
    if (!(await this.detail.open(row.task))) return;
    this.queue.at = at;
    const { answers } = this.#own().get(row.id) ?? { answers: NO_ANSWERS };
    this.question = QUESTIONS.find((question) => answers[question] === null) ?? 'valid';
  }
  #own(): RatingsByTask {
    return this.ratings.of(this.rater.name);
  }

  async #guard<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.failure = null;
      return result;
    } catch (error) {
      this.failure = failureOf(error);
      return undefined;
    }
  }

  #take(change: StoreChange): void {
    if (!this.run || change.runId !== this.run.id) return;
    if (change.kind === 'run-deleted') {
      this.#turn++;
      this.#forget();
    } else if (change.kind === 'ratings') {
      this.ratings.change({ rows: change.ratings, removed: change.removed });
    } else if (change.kind === 'rows') {
      this.queue.take(change);
      this.detail.follow(change);
    }
  }

  #forget(): void {
    // Before the next run is read: what begins meanwhile must not belong to the one before.
    this.run = null;
    this.queue.clear();
    this.ratings.clear();
    this.history.steps.clear();
    this.detail.forget();
    this.#times = [];
    this.status = '';
    this.failure = null;
    this.loading = null;
    for (const listener of this.#forgetting) listener();
  }
}
