/**
 * What the Finetune screen works with. It is made when the screen is first opened and the app keeps it: a training goes
 * on while other screens are shown, and the first load of the page carries nothing of it.
 */
import { createContext } from 'svelte';
import type { BaseShelf } from './base-model-list.svelte';
import type { TrainingModels } from './training-models.svelte';
import type { TrainingChoices } from './training-choices.svelte';
import type { TrainingSession } from './training-session.svelte';

export interface TrainingRoom {
  readonly session: TrainingSession;
  readonly choices: TrainingChoices;
  readonly models: TrainingModels;
  readonly bases: BaseShelf;
}
/** Null until the screen was opened. */
export class TrainingSlot {
  room = $state.raw<TrainingRoom | null>(null);
}
export const [getTrainingSlot, setTrainingSlot] = createContext<TrainingSlot>();
export const [getTrainingRoom, setTrainingRoom] = createContext<TrainingRoom>();
