/** Files that ship with the app, fetched from its own server. */
import { AppError } from '../core/errors';
import { StallWatch, watchedResponse } from './stall-watch';
import { SILENCE_TICKS, TICK_MS } from './watchdog';

/**
 * @param read reads what is needed from the body; the network may fail here as well
 * @throws AppError model-file-missing, also when nothing comes for a minute; AbortError when stopped
 */
export async function appFile<T>(
  url: string,
  read: (response: Response) => Promise<T>,
  signal?: AbortSignal,
  tickMs = TICK_MS,
): Promise<T> {
  const watch = new StallWatch(signal ?? new AbortController().signal, SILENCE_TICKS, tickMs);
  let response: Response;
  try {
    response = await fetch(url, { signal: watch.signal });
    if (response.ok) return await read(watchedResponse(response, watch));
  } catch (error) {
    signal?.throwIfAborted();
    throw new AppError({ kind: 'model-file-missing', url, status: null }, { cause: error });
  } finally {
    watch.stop();
  }
  throw new AppError({ kind: 'model-file-missing', url, status: response.status });
}
