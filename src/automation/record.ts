/** The recording of a finished run for scripts (`npm run record`). */
import { writeRecording } from '../export/recording';
import type { AppState } from '../app/app-state.svelte';

/** @returns the file in base64. @throws Error when no finished run is open */
export async function recordingText({ services, session }: AppState): Promise<string> {
  const { run, progress } = session;
  if (!run || !progress?.finished) throw new Error('No finished run is open.');
  const file = await writeRecording({ run, progress }, services, new AbortController().signal);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
