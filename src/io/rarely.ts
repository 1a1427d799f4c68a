/** Progress that is reported for each piece of work, passed on ten times a second at most: more would be work for the page. */

const EVERY_MS = 100;

/** Calls made sooner than 100 ms after the last one that was passed on are dropped. */
export function rarely(onProgress: (done: number) => void): (done: number) => void {
  let last = 0;
  return (done) => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    onProgress(done);
  };
}
