/** Files that ship with the app, fetched from its own server. */
import { AppError } from '../core/errors';

/**
 * @param read reads what is needed from the body; the network may fail here as well
 * @throws AppError model-file-missing; AbortError when stopped
 */
export async function appFile<T>(
  url: string,
  read: (response: Response) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
    if (response.ok) return await read(response);
  } catch (error) {
    signal?.throwIfAborted();
    throw new AppError({ kind: 'model-file-missing', url, status: null }, { cause: error });
  }
  throw new AppError({ kind: 'model-file-missing', url, status: response.status });
}
