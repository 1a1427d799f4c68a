/** Waits for work that cannot be interrupted, but not longer than the signal allows. */

/** @throws AbortError as soon as the signal says so; the work goes on unobserved. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const controller = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new DOMException('Stopped', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { signal: controller.signal });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    controller.abort();
  }
}
