/** Raters of a run: one's own file to hand over, another's to merge, and what their ratings say together. */
import { type Failure, failureOf } from '../../core/errors';
import { compare, type Comparison } from '../../core/review/figures';
import { mergeRatings } from '../../core/review/merge';
import { type Quality, qualityOf } from '../../core/review/quality';
import { raterName } from '../../core/review/rater';
import { answered, type Rating } from '../../core/review/rating';
import { ratingsFile } from '../../export/ratings-file';
import type { RaterLines } from '../../import/rater-lines';
import { type RatersFile, readRatingsFile } from '../../import/ratings-file';
import { WORDS as RATER_WORDS } from '../../shared/raters/words';
import type { ReviewStep } from './review-history.svelte';
import type { ReviewSession } from './review-session.svelte';
import { fileName } from '../../io/file-name';
import type { Services } from '../../app/services';
import { WORDS } from './words';

export interface RaterQuality {
  readonly quality: Quality;
  /** Tasks of the sample whose three questions are answered. */
  readonly whole: number;
  /** Answers about a text that a user had changed: they do not tell the quality of the machine's data. */
  readonly edited: number;
}
export interface MergedRatings {
  readonly raters: string;
  readonly facts: string;
  readonly problems: RaterLines<unknown>['problems'];
  /** The step that undoes the merge; undefined when nothing was new. */
  readonly step: ReviewStep | undefined;
}

export class ReviewRaters {
  failure = $state.raw<Failure | null>(null);
  merged = $state.raw<MergedRatings | null>(null);
  /** A file whose rater has the name of the one here: whose is it? */
  clash = $state.raw<{ readonly name: string; readonly read: RatersFile } | null>(null);
  reading = $state(false);
  #other = $state<string | null>(null);

  constructor(
    private readonly services: Services,
    private readonly session: ReviewSession,
  ) {}

  get others(): readonly string[] {
    return this.session.ratings.raters.filter((name) => name !== this.session.rater.name);
  }
  /** Who is compared with the rater here. */
  get other(): string | null {
    const { others } = this;
    return others.find((name) => name === this.#other) ?? others[0] ?? null;
  }
  compareWith(name: string): void {
    this.#other = name;
  }
  ratedBy(rater: string): number {
    return this.session.ratings.of(rater).size;
  }
  get comparison(): Comparison | null {
    const { other } = this;
    const { rater, ratings } = this.session;
    return rater.name === null || other === null ? null : compare(ratings.of(rater.name), ratings.of(other));
  }
  /** How good the machine's data is, by one rater's answers on the tasks in scope. */
  qualityBy(rater: string): RaterQuality {
    const given: Rating[] = [];
    let edited = 0;
    const ratings = this.session.ratings.of(rater);
    for (const { id, machineFingerprint } of this.session.queue.scope) {
      const rating = ratings.get(id);
      if (!rating) continue;
      if (rating.print === machineFingerprint) given.push(rating);
      else edited++;
    }
    return {
      quality: qualityOf(given),
      whole: given.filter(({ answers }) => answered(answers)).length,
      edited,
    };
  }

  save(): void {
    const { rater, run, ratings } = this.session;
    if (rater.name === null || !run) return;
    const rows = [...ratings.of(rater.name).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const name = `run-${run.number}-ratings-${fileName(rater.name)}.jsonl`;
    this.services.saveFile(name, ratingsFile(rater.name, run, rows));
  }

  /** Reads a rater's file and merges it. When it has the name of the rater here, asks first whose it is. */
  async take(file: File): Promise<void> {
    const { run, rater } = this.session;
    if (!run || this.reading) return;
    this.reading = true;
    this.merged = null;
    this.clash = null;
    await this.#guard(async () => {
      const read = await readRatingsFile(file, run, new AbortController().signal);
      const { rater: name } = read.header;
      if (name === rater.name) this.clash = { name, read };
      else await this.#merge(read, name);
    });
    this.reading = false;
  }
  /** @param mine whether the file is that of the rater here */
  async settle(mine: boolean): Promise<void> {
    const { clash } = this;
    if (!clash) return;
    this.clash = null;
    await this.#guard(() => this.#merge(clash.read, mine ? clash.name : this.#freeName(clash.name)));
  }
  dropFile(): void {
    this.clash = null;
  }
  /** Undoes the merge that is shown, while it is the newest step; null otherwise. */
  get undo(): (() => Promise<void>) | null {
    const step = this.merged?.step;
    if (!step || this.session.history.steps.last !== step) return null;
    return async () => {
      await this.session.undo();
      this.merged = null;
    };
  }

  async #merge({ header, found }: RatersFile, rater: string): Promise<void> {
    const { run, ratings, history, queue } = this.session;
    if (!run) return;
    const merge = mergeRatings(found.lines, rater, run.id, {
      rating: (id) => ratings.byId(id),
      print: (taskId) => queue.row(taskId)?.print,
    });
    const back = ratings.restoring(merge.rows.map(({ id }) => id));
    await this.services.store.saveRatings(run.id, merge.rows, []);
    let step: ReviewStep | undefined;
    if (merge.rows.length > 0) {
      step = { label: WORDS.session.merged(rater), runId: run.id, taskId: null, ratings: back };
      history.steps.push(step);
    }
    const { badLines: bad, problems, lines } = found;
    const missing = Math.max(0, header.ratings - lines.length - bad);
    const facts = RATER_WORDS.raters.facts({ ...merge, bad, missing }, WORDS.raters.nowhere);
    this.merged = { raters: rater, facts, problems, step };
    if (rater !== this.session.rater.name) this.#other = rater;
  }
  #freeName(name: string): string {
    for (let n = 2; ; n++) {
      const free = raterName(`${name.slice(0, 50)} (${n})`) ?? name;
      if (!this.session.ratings.raters.includes(free)) return free;
    }
  }
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}
