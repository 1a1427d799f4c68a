/**
 * The plan that is open in this tab: works through its stages, one after the other and unattended, pauses, and goes on
 * after a kill with the stage that was not finished. It is kept by `AppState.lasting`, and shown on all screens by
 * `AppState.plans`. A new kind of stage is a `StageWork` (core/plan) and its `StageWorker`.
 */
import { AppError, type Failure, failureOf, isAbort } from '../../core/errors';
import {
  type NewPlan,
  nextStage,
  type PlanKind,
  type PlanRecord,
  type PlanStage,
  withStage,
} from '../../core/plan/plan';
import { type PlanProgress, planProgress } from '../../core/plan/plan-progress';
import type { Progress } from '../../core/ports';
import type { AppState } from '../app-state.svelte';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import { StoppableWork } from '../stoppable-work';
import { asWriter } from '../writer-locks';
import type { PlanWork } from './plan-list.svelte';
import type { StageWorker } from './stage-worker';
import { stageWorkers } from './stage-workers';

export type PlanStatus =
  | 'none' // no plan is open in this tab
  | 'running'
  | 'pausing' // the stage is being stopped
  | 'paused'
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

export class PlanSession implements PlanWork {
  status = $state<PlanStatus>('none');
  plan = $state.raw<PlanRecord | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #services: Services;
  readonly #workers;
  readonly #work = new StoppableWork();
  /** Counts what was begun or opened: a plan that was read for what is no longer wanted is not shown. */
  #wanted = 0;

  constructor(app: AppState) {
    this.#services = app.services;
    this.#workers = stageWorkers(app);
    app.services.plans.watch((ids) => void this.#follow(ids));
    app.plans.work = this;
  }

  get active(): boolean {
    return this.status === 'running' || this.status === 'pausing';
  }
  /** Whether anything else is being computed in this tab, which a plan would have to wait for. */
  get busy(): boolean {
    return !this.active && Object.values(this.#workers).some((worker) => worker.active);
  }
  /** The stage that is worked on, or next; null without any. */
  get stage(): PlanStage | null {
    return (this.plan && nextStage(this.plan)) ?? null;
  }
  /** The open plan, where it is of this kind; null for a new one, and while a plan of another kind is open. */
  of(kind: PlanKind): PlanRecord | null {
    return this.plan?.kind === kind ? this.plan : null;
  }
  get progress(): PlanProgress | null {
    const { plan, stage } = this;
    if (!plan || !stage) return null;
    const worker = this.#workers[stage.work.kind];
    // What its session shows before it begins is someone else's.
    const own = stage.made !== null && worker.shown === stage.made;
    return planProgress(plan, own ? worker.progress : null);
  }
  /** What the stage reads or fetches before it works. */
  get loading(): Progress | null {
    const { stage } = this;
    return this.active && stage ? this.#workers[stage.work.kind].loading : null;
  }

  /** Stores a plan and works on it until it ends, is paused or fails. */
  async start(plan: NewPlan): Promise<void> {
    if (this.active) return;
    this.plan = null;
    await this.#begin(async (signal) => {
      this.plan = await stoppable(this.#services.plans, signal).create(plan);
      void this.#services.requestPersistence().catch(() => false);
      await this.#asWriter(this.plan.id, signal);
    });
  }

  /** Resumes a stored plan where it stopped. */
  async resume(id: string): Promise<void> {
    if (this.active) return;
    await this.#begin((signal) => this.#asWriter(id, signal));
  }

  /** Shows a stored plan without working on it. */
  async open(id: string): Promise<void> {
    if (this.active || this.plan?.id === id) return;
    this.failure = null;
    const wanted = ++this.#wanted;
    try {
      const plan = (await this.#services.plans.get(id)) ?? null;
      const stage = plan && nextStage(plan);
      if (wanted !== this.#wanted) return;
      if (stage?.made) await this.#workers[stage.work.kind].show(stage.made);
      if (wanted === this.#wanted) this.#settle(plan);
    } catch (error) {
      if (wanted === this.#wanted) this.failure = failureOf(error);
    }
  }

  /** Stops the stage; what is stored of it stays. */
  async pause(): Promise<void> {
    await this.#work.stop(() => (this.status = 'pausing'));
  }

  /** Ends the plan for good; what its stages made stays. */
  async discard(): Promise<void> {
    await this.pause();
    const { plan } = this;
    if (!plan || this.active) return;
    const { locks, plans } = this.#services;
    try {
      await asWriter(locks, 'plan', plan.id, () => plans.delete(plan.id));
      this.close();
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  /** Lets go of the plan on the screen; what is stored of it stays. */
  close(): void {
    if (this.active) return;
    this.#wanted++;
    this.failure = null;
    this.#settle(null);
  }

  async #begin(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#wanted++;
    this.failure = null;
    this.status = 'running';
    await this.#work.run(work, (error, signal) => {
      const stopped = signal.aborted || isAbort(error);
      const failure = stopped ? null : failureOf(error);
      if (failure?.kind === 'record-gone' && failure.record === 'plan') this.plan = null;
      this.failure = failure;
      this.status = !this.plan ? 'none' : failure ? 'failed' : 'paused';
    });
  }

  #asWriter(id: string, signal: AbortSignal): Promise<void> {
    return asWriter(this.#services.locks, 'plan', id, async () => {
      const plans = stoppable(this.#services.plans, signal);
      for (;;) {
        const plan = await plans.get(id);
        if (!plan) throw gone(id);
        this.plan = plan;
        const stage = nextStage(plan);
        if (!stage) break;
        await this.#workOn(plan, stage, signal);
        // One that was stopped at its very end was finished all the same.
        await plans.change(id, (now) => withStage(now, stage.key, (one) => ({ ...one, finished: true })));
        signal.throwIfAborted();
      }
      this.status = 'finished';
    });
  }
  #workOn(plan: PlanRecord, { key, work, made }: PlanStage, signal: AbortSignal): Promise<void> {
    const place = { planId: plan.id, stage: key };
    // Worker and work are of one kind.
    const worker = this.#workers[work.kind] as StageWorker<typeof work.kind>;
    return worker.work({ plan, work, made, place }, signal);
  }

  /** What any tab changed of the open plan is shown at once; when another one deleted it, the work here ends. */
  async #follow(ids: ReadonlySet<string>): Promise<void> {
    const id = this.plan?.id;
    if (id === undefined || !ids.has(id)) return;
    const isOpen = (): boolean => this.plan?.id === id;
    // A fault of the storage is met by whoever writes next.
    const now = await this.#services.plans.get(id).catch(() => null);
    if (now === null || !isOpen()) return;
    if (now && this.active) {
      this.plan = now;
    } else if (now) {
      if (this.status !== 'failed' || !nextStage(now)) this.#settle(now);
      else this.plan = now;
    } else {
      await this.pause();
      if (!isOpen()) return;
      this.close();
      this.failure = gone(id).failure;
    }
  }
  #settle(plan: PlanRecord | null): void {
    this.plan = plan;
    this.status = !plan ? 'none' : nextStage(plan) ? 'paused' : 'finished';
  }
}

const gone = (id: string): AppError => new AppError({ kind: 'record-gone', record: 'plan', id });
