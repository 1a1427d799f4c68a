/** Waits for work that cannot be interrupted, but not longer than the signal allows. */

/**
 * @param graceMs time that the work has to end by itself once it was stopped
 * @throws AbortError as soon as the signal says so and the grace is over; the work goes on unobserved.
 */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal, graceMs = 0): Promise<T> {
  const settled = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const end = (): void => reject(new DOMException('Stopped', 'AbortError'));
    const stop = (): void => {
      if (graceMs === 0) end();
      else timer = setTimeout(end, graceMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    settled.abort();
    clearTimeout(timer);
  }
}
