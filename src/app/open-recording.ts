/** Opens a recording in place of what is stored here. */
import type { AppState, Playing } from './app-state.svelte';
import type { Job } from './job.svelte';

/**
 * @param job shows what is wrong with the file; what it is doing is cancelled. @param file null for the recording that comes with the app
 * @returns what it opened; null when it was cancelled or failed
 */
export async function openRecording(app: AppState, job: Job, file: File | null): Promise<Playing | null> {
  const { play } = app;
  const playing = play && (await job.replace((signal) => play(file, signal)));
  if (!playing) return null;
  app.playing?.close();
  app.playing = playing;
  app.router.go('generate');
  return playing;
}
