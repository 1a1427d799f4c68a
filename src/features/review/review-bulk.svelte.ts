/** One verdict for every task that the queue shows: all that its filter and search find. */
import { type Rating, ratingId, type Verdict } from '../../core/review/rating';
import type { RunRecord } from '../../core/run';
import type { Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';
import { Pacer } from '../../io/pacer';
import { RATINGS_A_PAGE, withMarks } from './review-marks';
import type { ReviewRow } from './review-rows';
import type { ReviewSession } from './review-session.svelte';
import { WORDS } from './words';

export class ReviewBulk {
  readonly job = new Job();

  constructor(
    private readonly services: Services,
    private readonly review: ReviewSession,
  ) {}

  /** Answers and flags stay. It is one step of the history; what was written before a failure can be undone, too. */
  async decide(verdict: Verdict): Promise<void> {
    const { run, rater, queue } = this.review;
    const { name } = rater;
    const { rows } = queue;
    if (!run || name === null) return;
    await this.review.together(async () => {
      if (this.review.run !== run) return;
      await this.job.run((_, report) => this.#write(run, name, rows, verdict, report));
    });
  }
  async #write(
    run: RunRecord,
    rater: string,
    shown: readonly ReviewRow[],
    verdict: Verdict,
    report: Parameters<JobWork<void>>[1],
  ): Promise<void> {
    const { review, services } = this;
    const { ratings, history } = review;
    const by = { runId: run.id, rater, ratedAt: services.now() };
    const label = WORDS.bulk.step(verdict, shown.length);
    const back: { readonly rows: Rating[]; readonly removed: string[] } = { rows: [], removed: [] };
    history.steps.push({ label, runId: run.id, taskId: null, ratings: back });
    const pacer = new Pacer();
    for (let at = 0; at < shown.length; at += RATINGS_A_PAGE) {
      const page = shown.slice(at, at + RATINGS_A_PAGE);
      // Asked for each page: a rating may come meanwhile, from another tab or with a file.
      const rows = page.map((row) => withMarks(ratings.byId(ratingId(row.id, rater)), row, by, { verdict }));
      const before = ratings.restoring(rows.map(({ id }) => id));
      await services.store.saveRatings(run.id, rows, []);
      back.rows.push(...before.rows);
      back.removed.push(...before.removed);
      report({ label: WORDS.bulk.writing, unit: 'rows', done: at + page.length, total: shown.length });
      await pacer.breathe();
    }
    review.status = `${label}.`;
  }
}
