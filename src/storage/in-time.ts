/** A transaction that never ends is a failure of the browser's storage, not something to wait for. */
import { AppError } from '../core/errors';
import { TICK_MS, Watchdog } from '../io/watchdog';

/** Five minutes: the longest transactions, which change or delete a whole run, take a fraction of it. */
const PATIENCE_TICKS = 60;

/** @throws AppError storage-unavailable when the work has not ended by then; it may still end later. */
export async function inTime<T>(work: Promise<T>, tickMs = TICK_MS): Promise<T> {
  let tell: (seconds: number) => void = () => undefined;
  const silent = new Promise<never>((_, reject) => {
    tell = (seconds) =>
      reject(
        new AppError({
          kind: 'storage-unavailable',
          detail: `A transaction did not end in ${seconds} seconds.`,
        }),
      );
  });
  const watchdog = new Watchdog((seconds) => tell(seconds), tickMs);
  watchdog.alive(PATIENCE_TICKS);
  try {
    return await Promise.race([work, silent]);
  } finally {
    watchdog.stop();
  }
}
