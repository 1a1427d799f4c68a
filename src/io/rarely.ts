/** Limits progress reports to ten a second: more would load the page. */

const EVERY_MS = 100;

/** Drops calls made less than 100 ms after the last one that was passed on. */
export function rarely<A extends unknown[]>(onProgress: (...progress: A) => void): (...progress: A) => void {
  let last = 0;
  return (...progress) => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    onProgress(...progress);
  };
}
