/** What the Review screen works with: the app keeps it, so that place, changes and undo outlive a visit. */
import type { AppState } from '../../app/app-state.svelte';
import { FormDrafts } from '../../app/form-drafts.svelte';
import { Rater } from '../../shared/raters/rater.svelte';
import { ReviewBulk } from './review-bulk.svelte';
import { ReviewCorrections } from './review-corrections.svelte';
import { ReviewRaters } from './review-raters.svelte';
import { ReviewReplace } from './review-replace.svelte';
import { ReviewSession } from './review-session.svelte';

export class ReviewState {
  readonly review: ReviewSession;
  readonly replace: ReviewReplace;
  readonly bulk: ReviewBulk;
  readonly corrections: ReviewCorrections;
  readonly raters: ReviewRaters;

  constructor(app: AppState) {
    const { services, session, classroom } = app;
    this.review = new ReviewSession(
      services,
      session,
      app.lasting(Rater),
      app.lasting(FormDrafts),
      classroom,
    );
    const { review } = this;
    classroom.follow(
      () => void review.reread(),
      () => void review.ask({}),
    );
    this.replace = new ReviewReplace(services, session, review);
    this.bulk = new ReviewBulk(services, review);
    this.corrections = new ReviewCorrections(services, session, review);
    this.raters = new ReviewRaters(services, review);
  }
}
