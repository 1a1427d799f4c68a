/**
 * What the Review screen works with. It is made when the screen is first opened, and the app keeps it: undo and place
 * are still there when one comes back, and the first load of the page carries nothing of it.
 */
import { createContext } from 'svelte';
import type { ReviewDesk } from './review-desk.svelte';
import type { ReviewRaters } from './review-raters.svelte';
import type { ReviewReplace } from './review-replace.svelte';

export interface ReviewRoom {
  readonly desk: ReviewDesk;
  readonly replace: ReviewReplace;
  readonly raters: ReviewRaters;
}
export const [getReviewSlot, setReviewSlot] = createContext<{ room: ReviewRoom | null }>();
export const [getReviewRoom, setReviewRoom] = createContext<ReviewRoom>();
