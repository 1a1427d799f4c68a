/** State of the Finetune screen; the app keeps it, so that training continues while other screens are shown. */
import type { AppState } from '../../app/app-state.svelte';
import { percent } from '../../ui/format';
import { BaseModelList } from './base-model-list.svelte';
import { TrainingChoices } from './training-choices.svelte';
import { TrainingModels } from './training-models.svelte';
import { TrainingSession } from './training-session.svelte';

export class FinetuneState {
  readonly session: TrainingSession;
  readonly choices = new TrainingChoices();
  readonly models: TrainingModels;
  readonly bases: BaseModelList;

  constructor(app: AppState) {
    this.session = new TrainingSession(app.services, () => app.session.active);
    this.models = new TrainingModels(app.services);
    this.bases = new BaseModelList(app.services);
    app.setBadge('finetune', () => {
      const { active, record, figures } = this.session;
      const label = active && record && figures ? percent(figures.step, record.steps) : '';
      return { label, active };
    });
  }
}
