/** The reminder to save, whose code is fetched when something is stored that could be lost. */
import type { Component } from 'svelte';
import type { AppState } from '../app-state.svelte';

/** Belongs to the app, not to what is shown: after a recording was watched, the reminder is still there. */
export class ReminderPart {
  shown = $state.raw<Component | null>(null);

  constructor({ services }: AppState) {
    const ignore = services.secondHome.watchRows(() => {
      ignore();
      void import('./SaveReminder.svelte').then((part) => (this.shown = part.default));
    });
  }
}
