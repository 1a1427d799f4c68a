/** The model that a plan finetunes, chosen from those that can be, and the settings that suit it. */
import { BUILT_IN, choiceId } from '../../core/models/stored-model';
import { defaultConfig, onTopLayers } from '../../core/training/defaults';
import type { TrainingConfig } from '../../core/training/training';
import type { Services } from '../services';
import { type BaseModel, baseModels, KnownBases } from './base-models';

export class BaseChoice {
  models = $state.raw<readonly BaseModel[]>([]);
  id = $state(BUILT_IN);
  /** 0: all layers. */
  topLayers = $state(0);
  readonly #known: KnownBases;

  constructor(private readonly services: Pick<Services, 'models' | 'modelStore'>) {
    this.#known = new KnownBases(services.modelStore);
  }

  /** The chosen one, else the first. */
  get model(): BaseModel | undefined {
    return this.models.find((model) => choiceId(model) === this.id) ?? this.models[0];
  }
  /** What a finetuning for so many steps takes; it is judged by tasks that no training data holds. */
  config(steps: number, seed: number): TrainingConfig & { readonly steps: number } {
    const family = this.model?.familyId ?? BUILT_IN;
    const usual = defaultConfig(family, family.startsWith(BUILT_IN) ? 'full' : 'lora');
    return { ...onTopLayers(usual, this.topLayers), seed, sampleEvery: 0, steps };
  }

  /** Reads what can be chosen. @throws AppError storage-unavailable */
  async refresh(): Promise<void> {
    this.models = await baseModels(this.services, this.#known);
  }
}
