/** State of the Finetune screen; the app keeps it, so that training continues while other screens are shown. */
import type { AppState } from '../../app/app-state.svelte';
import { BaseModelList } from './base-model-list.svelte';
import { TrainingChoices } from './training-choices.svelte';
import { TrainingModels } from './training-models.svelte';
import { TabTraining } from '../../app/training/tab-training';
import type { TrainingSession } from '../../app/training/training-session.svelte';

export class FinetuneState {
  readonly session: TrainingSession;
  readonly choices = new TrainingChoices();
  readonly models: TrainingModels;
  readonly bases: BaseModelList;

  constructor(app: AppState) {
    this.session = app.lasting(TabTraining).session;
    this.models = new TrainingModels(app.services);
    this.bases = new BaseModelList(app.services);
  }
}
