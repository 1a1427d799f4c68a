/**
 * Plays a recording: the true pipeline works on it, with a model that answers as it did then, over a database of its own. To go
 * back, it begins again and moves on to where it is wanted: the result does not depend on timing. Pause, Resume and Stop of the
 * screens work on the run itself: the clock follows it.
 */
import { tick, untrack } from 'svelte';
import { AppState, type Playing } from '../app/app-state.svelte';
import { TabEvaluation } from '../app/evaluation/tab-evaluation';
import { TabTraining } from '../app/training/tab-training';
import type { Services } from '../app/services';
import { AppError, type Failure, failureOf } from '../core/errors';
import type { Recording } from '../core/recording/recording';
import { type Timeline, timelineOf } from '../core/recording/timeline';
import type { ModelCall, RunRecord } from '../core/run';
import type { SeedTask } from '../core/task';
import { PlaybackClock } from './playback-clock.svelte';
import PlaybackBar from './PlaybackBar.svelte';
import { PlaybackDatabase } from './playback-database';
import { RecordedModel } from './recorded-model';
import { recordedServices } from './recorded-services';

/** As fast as a reader follows: the standard recording takes half a minute. */
const USUAL_SPEED = 4;
/** What a request is waited for while time is moved on: the pipeline stores what is finished before it asks again. */
const ASK_MS = 400;
const LOOK_MS = 5;

/** One playing of the recording from its beginning. */
interface Pass {
  readonly app: AppState;
  readonly clock: PlaybackClock;
  end(): void;
}

export class Playback implements Playing {
  readonly Bar = PlaybackBar;
  failure = $state.raw<Failure | null>(null);
  /** Time is being moved on. */
  moving = $state(false);
  #pass = $state.raw() as Pass;
  /** Where time is moved to; a later wish replaces an earlier one. */
  #wanted: number | null = null;
  #closed = false;
  readonly #timeline: Timeline;
  readonly #calls: readonly ModelCall[];
  readonly #seeds: readonly SeedTask[];

  constructor(
    private readonly recording: Recording,
    private readonly own: Services,
  ) {
    this.#calls = recording.rows.flatMap((entry) => (entry.kind === 'call' ? [entry.row] : []));
    this.#seeds = recording.rows.flatMap(({ kind, row }) =>
      kind === 'task' && row.origin === 'seed' ? [{ ...row, id: row.sourceId }] : [],
    );
    this.#timeline = timelineOf(this.#calls);
  }

  get app(): AppState {
    return this.#pass.app;
  }
  get run(): RunRecord {
    return this.recording.run;
  }
  get total(): number {
    return this.#timeline.total;
  }
  get speed(): number {
    return this.#clock.speed;
  }
  get time(): number {
    return Math.min(this.#clock.time, this.#timeline.total);
  }
  get playing(): boolean {
    return this.#clock.playing && this.app.session.active;
  }

  /** @throws AppError of the storage */
  async begin(): Promise<void> {
    this.#pass = await this.#newPass(USUAL_SPEED);
    this.play();
  }

  play(): void {
    if (this.moving || this.#closed) return;
    if (this.app.session.status === 'finished') {
      void this.moveTo(0).then(() => {
        // Meanwhile it may have failed, or was moved to its end again.
        if (!this.failure && this.app.session.status !== 'finished') this.play();
      });
      return;
    }
    this.#resume();
    this.#clock.play();
  }
  pause(): void {
    this.#clock.pause();
  }
  setSpeed(speed: number): void {
    this.#clock.setSpeed(speed);
  }
  next(): void {
    const next = this.#timeline.ends.find((end) => end > this.#clock.now());
    void this.moveTo(next ?? this.#timeline.total);
  }
  previous(): void {
    void this.moveTo(this.#timeline.ends.findLast((end) => end < this.#clock.now()) ?? 0);
  }

  async moveTo(time: number): Promise<void> {
    this.#wanted = Math.min(Math.max(0, time), this.#timeline.total);
    this.#clock.pause();
    if (this.moving) return;
    this.moving = true;
    this.failure = null;
    try {
      while (this.#wanted !== null) {
        const wanted = this.#wanted;
        this.#wanted = null;
        const now = this.#clock.now();
        // A run that was stopped early on its screen goes no further.
        const ended = this.app.session.status === 'finished' && wanted > now;
        if (wanted < now || ended) {
          const before = this.#pass;
          const pass = await this.#newPass(before.clock.speed);
          if (this.#closed) {
            pass.end();
            break;
          }
          this.#pass = pass;
          before.end();
        }
        await this.#moveOn(wanted);
      }
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.moving = false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wanted = null;
    this.#pass.end();
  }

  get #clock(): PlaybackClock {
    return this.#pass.clock;
  }

  async #newPass(speed: number): Promise<Pass> {
    const { run } = this.recording;
    const database = new PlaybackDatabase(this.own.locks);
    const clock = new PlaybackClock();
    clock.setSpeed(speed);
    const model = new RecordedModel(run, this.#calls, this.#timeline, clock);
    const { services, end } = recordedServices(this.own, database.connection, model, {
      now: () => run.createdAt + clock.now(),
      elapsed: () => clock.now(),
    });
    try {
      await database.begin();
      // What is hidden in a classroom is hidden here.
      const hidden = await this.own.store.setting('classroom');
      await services.store.saveSetting('classroom', hidden);
      const app = new AppState(services);
      await app.load();
      if (app.refused) throw new AppError(app.refused);
      const { config, seedSet } = run;
      const started = app.session.start({ model: run.model.id, config, seedSet, seeds: this.#seeds });
      const follower = this.#follow(app, clock);
      return {
        app,
        clock,
        end: () => {
          const added = follower.end();
          void Promise.all([app.session.pause(), started, added]).then(() => {
            end();
            return database.end();
          });
        },
      };
    } catch (error) {
      end();
      await database.end();
      throw error;
    }
  }

  /**
   * Lets the clock go while the run does, whoever paused or resumed it, and adds the work of a finished run.
   * @returns ends it; resolves when nothing is added any more
   */
  #follow(app: AppState, clock: PlaybackClock): { end(): Promise<void> } {
    const { session } = app;
    let wasActive = session.active;
    let added: Promise<void> | null = null;
    const unwatch = $effect.root(() => {
      $effect(() => {
        const { active, status, run } = session;
        untrack(() => {
          if (!active) clock.pause();
          else if (!wasActive && !this.moving) clock.play();
          wasActive = active;
          if (status === 'finished' && run) {
            added ??= this.#addWork(app, run.id).catch((error: unknown) => {
              this.failure = failureOf(error);
            });
          }
        });
      });
    });
    return {
      end: async () => {
        unwatch();
        await added;
      },
    };
  }

  /** Lets a run that was paused on its screen, or failed, go on. */
  #resume(): void {
    const { session } = this.app;
    if (session.run && !session.active && session.status !== 'finished') void session.resume(session.run.id);
  }

  /** What was done with the data of the run, once it is there. */
  async #addWork(app: AppState, runId: string): Promise<void> {
    const { trainings, evaluations } = app.services;
    const work = this.recording;
    for (const { id: _, ...row } of work.trainings) {
      const { id } = await trainings.create({ ...row, data: { ...row.data, runId } });
      await app.lasting(TabTraining).session.open(id);
    }
    for (const { record, tasks, answers } of work.evaluations) {
      const { id, models } = await evaluations.create(record, tasks);
      // Keys are given again from the first: where a model was removed, those after it get others.
      const moved = answers.map((answer) => {
        const place = record.models.findIndex(({ key }) => key === answer.modelKey);
        const modelKey = models[place]?.key ?? answer.modelKey;
        const index = answer.id.slice(`${record.id}-${answer.modelKey}`.length);
        return { ...answer, id: `${id}-${modelKey}${index}`, evaluationId: id, modelKey };
      });
      await evaluations.saveAnswers(moved);
      await app.lasting(TabEvaluation).session.open(id);
    }
  }

  /** Lets every request that ended until then end, in the order in which they did. */
  async #moveOn(time: number): Promise<void> {
    const { clock, app } = this.#pass;
    if (app.session.status === 'pausing') await app.session.pause();
    this.#resume();
    // The clock is not started by that: time is still being moved.
    await tick();
    for (const end of this.#timeline.ends) {
      if (end > time || this.#wanted !== null) break;
      if (end <= clock.now()) continue;
      await this.#asked(end);
      if (app.session.status === 'finished') break;
      if (!app.session.active) return;
      clock.moveTo(end);
    }
    if (this.#wanted === null) clock.moveTo(time);
  }

  /** Waits until the request that ended at a time was asked. One that is asked later is answered at once. */
  async #asked(end: number): Promise<void> {
    const { clock, app } = this.#pass;
    for (let waited = 0; waited < ASK_MS && app.session.active; waited += LOOK_MS) {
      if (clock.isAwaited(end)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
