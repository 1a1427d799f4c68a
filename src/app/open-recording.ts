/** Opens a recording in place of what is stored here. */
import type { AppState } from './app-state.svelte';
import type { Job } from './job.svelte';

/** @param job shows what is wrong with the file. @param file null for the recording that comes with the app */
export async function openRecording(app: AppState, job: Job, file: File | null): Promise<void> {
  const { play } = app;
  const playing = play && (await job.run((signal) => play(file, signal)));
  if (!playing) return;
  app.playing?.close();
  app.playing = playing;
  app.router.go('generate');
}
