/** What the Review screen works with: the app keeps it, so that place, changes and undo outlive a visit. */
import type { AppState } from '../../app/app-state.svelte';
import { ReviewDesk } from './review-desk.svelte';
import { ReviewRaters } from './review-raters.svelte';
import { ReviewReplace } from './review-replace.svelte';

export class ReviewState {
  readonly desk: ReviewDesk;
  readonly replace: ReviewReplace;
  readonly raters: ReviewRaters;

  constructor({ services, session }: Pick<AppState, 'services' | 'session'>) {
    this.desk = new ReviewDesk(services, session);
    this.replace = new ReviewReplace(services, session, this.desk);
    this.raters = new ReviewRaters(services, this.desk);
  }
}
