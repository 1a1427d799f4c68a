/** One verdict for every task that the queue shows: all that its filter and search find. */
import type { Rating, Verdict } from '../../core/review/rating';
import { ratingId } from '../../core/review/rating';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';
import { withMarks, writeRatings } from './review-marks';
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
    const { review, services } = this;
    const { run, rater, queue, ratings, history } = review;
    const { name } = rater;
    if (!run || name === null || !review.detail.close()) return;
    const shown = queue.rows;
    const back = ratings.restoring(shown.map(({ id }) => ratingId(id, name)));
    const by = { runId: run.id, rater: name, ratedAt: services.now() };
    await this.job.run(async (_, report) => {
      const rows = shown.map((row): Rating =>
        withMarks(ratings.byId(ratingId(row.id, name)), row, by, { verdict }),
      );
      const label = WORDS.bulk.step(verdict, rows.length);
      history.steps.push({ label, runId: run.id, taskId: null, ratings: back });
      await writeRatings(services.store, run.id, { rows, removed: [] }, (done) =>
        report({ label: WORDS.bulk.writing, unit: 'rows', done, total: rows.length }),
      );
      review.status = `${label}.`;
    });
  }
}
