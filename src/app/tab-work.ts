/** Whether something is computed in this tab that needs its model loaded, or the whole processor. */
import type { AppState } from './app-state.svelte';
import { TabEvaluation } from './evaluation/tab-evaluation';
import { TabTraining } from './training/tab-training';

export function tabWork(app: AppState): { readonly active: boolean } {
  const sessions = [app.session, app.lasting(TabTraining).session, app.lasting(TabEvaluation).session];
  return {
    get active() {
      return sessions.some(({ active }) => active) || app.plans.work?.active === true;
    },
  };
}
