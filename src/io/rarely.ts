/** Limits progress reports to ten a second: more would load the page. */

const EVERY_MS = 100;

/** Drops calls made less than 100 ms after the last one that was passed on. */
export function rarely(onProgress: (done: number) => void): (done: number) => void {
  let last = 0;
  return (done) => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    onProgress(done);
  };
}
