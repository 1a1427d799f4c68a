/** The finetuning of this tab: one session for all screens, so that each shows what another one began. */
import { percent } from '../../ui/format';
import type { AppState } from '../app-state.svelte';
import { TrainingSession } from './training-session.svelte';

export class TabTraining {
  readonly session: TrainingSession;

  constructor(app: AppState) {
    this.session = new TrainingSession(app.services, () => app.session.active);
    app.setBadge('finetune', () => {
      const { active, record, figures } = this.session;
      const label = active && record && figures ? percent(figures.step, record.steps) : '';
      return { label, active };
    });
  }
}
