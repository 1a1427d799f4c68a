/** Opens a recording and begins to play it. */
import type { Services } from '../app/services';
import { readRecording } from '../import/read-recording';
import { appFile } from '../io/app-file';
import { Playback } from './playback.svelte';

/**
 * @param source a picked file, or the address of one that comes with the app
 * @throws AppError bad-file, model-file-missing, those of the storage; AbortError
 */
export async function play(
  services: Services,
  source: File | string,
  signal: AbortSignal,
): Promise<Playback> {
  const file = typeof source === 'string' ? await fetched(source, signal) : source;
  const playback = new Playback(await readRecording(file, signal), services);
  await playback.begin();
  if (signal.aborted) {
    // Nobody gets it who could close it.
    playback.close();
    signal.throwIfAborted();
  }
  return playback;
}

const fetched = async (url: string, signal: AbortSignal): Promise<File> =>
  new File([await appFile(url, (response) => response.blob(), signal)], url.slice(url.lastIndexOf('/') + 1));
