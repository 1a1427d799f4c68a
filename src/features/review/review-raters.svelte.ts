/** Raters of a run: one's own file to hand over, another's to merge, and what their ratings say together. */
import { type Failure, failureOf } from '../../core/errors';
import { compare, type Comparison } from '../../core/review/figures';
import { mergeRatings, type RatingMerge } from '../../core/review/merge';
import { type Quality, qualityOf } from '../../core/review/quality';
import { raterName } from '../../core/review/rater';
import { answered, type Rating } from '../../core/review/rating';
import { type RatersFile, ratingsFile, readRatingsFile } from '../../export/ratings-file';
import type { ReviewDesk } from './review-desk.svelte';
import type { Services } from '../../app/services';

export interface RaterQuality {
  readonly quality: Quality;
  /** Tasks of the sample whose three questions are answered. */
  readonly whole: number;
  /** Answers about a text that a person had changed: they do not tell the quality of the machine's data. */
  readonly edited: number;
}
export interface Merged extends RatingMerge {
  readonly rater: string;
  readonly file: string;
  readonly problems: RatersFile['problems'];
  readonly bad: number;
  /** Ratings that the file says it holds, but does not. */
  readonly missing: number;
}

export class ReviewRaters {
  failure = $state.raw<Failure | null>(null);
  merged = $state.raw<Merged | null>(null);
  /** A file whose rater has the name of the person who sits here: whose is it? */
  clash = $state.raw<{ readonly name: string; readonly file: string; readonly read: RatersFile } | null>(
    null,
  );
  reading = $state(false);
  /** Who is compared with the person here. */
  other = $state<string | null>(null);

  constructor(
    private readonly services: Services,
    private readonly desk: ReviewDesk,
  ) {}

  get others(): readonly string[] {
    return this.desk.book.raters.filter((name) => name !== this.desk.rater);
  }
  get chosenOther(): string | null {
    const { others } = this;
    return others.find((name) => name === this.other) ?? others[0] ?? null;
  }
  ratedBy(rater: string): number {
    return this.desk.book.of(rater).size;
  }
  /** The person here beside the chosen other one. */
  get comparison(): Comparison | null {
    const { chosenOther: other } = this;
    const { rater, book } = this.desk;
    return rater === null || other === null ? null : compare(book.of(rater), book.of(other));
  }
  /** How good the machine's data is, by one rater's answers on what is gone through now. */
  qualityBy(rater: string): RaterQuality {
    const given: Rating[] = [];
    let edited = 0;
    const ratings = this.desk.book.of(rater);
    for (const { id, machinePrint } of this.desk.scope) {
      const rating = ratings.get(id);
      if (!rating) continue;
      if (rating.print === machinePrint) given.push(rating);
      else edited++;
    }
    return {
      quality: qualityOf(given),
      whole: given.filter(({ answers }) => answered(answers)).length,
      edited,
    };
  }

  save(): void {
    const { rater, run, book } = this.desk;
    if (rater === null || !run) return;
    const ratings = [...book.of(rater).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const name = rater.replace(/[^\p{L}\p{N} ,-]+/gu, '_');
    this.services.saveFile(`run-${run.number}-ratings-${name}.jsonl`, ratingsFile(rater, run, ratings));
  }

  /** Reads a rater's file and merges it. When the name is that of the person here, it is asked first whose it is. */
  async take(file: File): Promise<void> {
    const { run, rater } = this.desk;
    if (!run || this.reading) return;
    this.reading = true;
    this.merged = null;
    this.clash = null;
    try {
      const read = await readRatingsFile(file, run, new AbortController().signal);
      this.failure = null;
      if (read.header.rater === rater) this.clash = { name: rater, file: file.name, read };
      else await this.#merge(read, read.header.rater, file.name);
    } catch (error) {
      this.#fail(error);
    }
    this.reading = false;
  }
  /** @param mine whether the file is the person's own */
  async settle(mine: boolean): Promise<void> {
    const { clash } = this;
    if (!clash) return;
    this.clash = null;
    try {
      await this.#merge(clash.read, mine ? clash.name : this.#freeName(clash.name), clash.file);
    } catch (error) {
      this.#fail(error);
    }
  }
  dropFile(): void {
    this.clash = null;
  }

  async #merge(read: RatersFile, rater: string, file: string): Promise<void> {
    const { run, book, steps } = this.desk;
    if (!run) return;
    const merge = mergeRatings(read.lines, rater, run.id, {
      rating: (id) => book.byId(id),
      print: (taskId) => this.desk.row(taskId)?.print,
    });
    const ratings = merge.rows.map(({ id }) => ({ id, before: book.byId(id) ?? null }));
    await this.services.store.saveRatings(run.id, merge.rows, []);
    if (ratings.length > 0) {
      steps.push({ label: `merged the file of ${rater}`, runId: run.id, taskId: null, ratings, tasks: [] });
    }
    const missing = Math.max(0, read.header.ratings - read.lines.length - read.bad);
    this.merged = { ...merge, rater, file, problems: read.problems, bad: read.bad, missing };
    if (rater !== this.desk.rater) this.other = rater;
  }
  #freeName(name: string): string {
    for (let n = 2; ; n++) {
      const free = raterName(`${name.slice(0, 50)} (${n})`) ?? name;
      if (!this.desk.book.raters.includes(free)) return free;
    }
  }
  #fail(error: unknown): void {
    this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
  }
}
