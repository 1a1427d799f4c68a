/** Long loops in short slices, so that the page answers in between. */
import { nextTask } from './pacer';

/** `stopped` is asked between slices. */
export interface Slices {
  stopped(): boolean;
}
const SLICE_MS = 8;
/** Rows between two looks at the clock. */
const STRIDE = 512;

/** Visits all items; false when it was stopped. What fits into one slice is done before the caller goes on. */
export async function inSlices<T>(
  items: readonly T[],
  slices: Slices,
  visit: (item: T) => void,
): Promise<boolean> {
  let until = performance.now() + SLICE_MS;
  for (const [i, item] of items.entries()) {
    visit(item);
    if (i % STRIDE !== STRIDE - 1 || performance.now() < until) continue;
    await nextTask();
    if (slices.stopped()) return false;
    until = performance.now() + SLICE_MS;
  }
  return !slices.stopped();
}
