/** Which model new runs use, kept over reloads, and what can be chosen. Start, Generate, Models and scripts share it. */
import { type Failure, failureOf } from '../core/errors';
import { BUILT_IN, choiceId, type ModelInfo } from '../core/models/stored-model';
import type { Services } from './services';

const SETTING = 'model';

export class ModelChoice {
  models = $state.raw<readonly ModelInfo[]>([]);
  /** The setting could not be read or written; the choice holds in this tab all the same. */
  failure = $state.raw<Failure | null>(null);
  /** As a person chose it; it may be gone. */
  #wanted = $state(BUILT_IN);
  /** The chosen model; the built-in one where the choice is gone, which the list then shows. Null before it was read. */
  readonly info: ModelInfo | null = $derived(
    this.models.find(({ id }) => id === this.#wanted) ??
      this.models.find(({ origin }) => origin === 'built-in') ??
      null,
  );
  /** Settled once the first list is here. */
  readonly ready: Promise<void>;

  constructor(private readonly services: Pick<Services, 'models' | 'store' | 'modelStore' | 'servers'>) {
    this.ready = this.#restore();
    services.modelStore.watch(() => void this.refresh());
    services.servers.watch(() => void this.refresh());
  }

  /** By this the host knows the chosen model. */
  get id(): string {
    return this.info?.id ?? BUILT_IN;
  }

  async refresh(): Promise<void> {
    this.models = await this.services.models.list();
  }

  async choose(id: string): Promise<void> {
    const info = this.models.find((model) => model.id === id);
    // The built-in model of a later version is the same choice.
    this.#wanted = info ? choiceId(info) : id;
    this.failure = null;
    try {
      await this.services.store.saveSetting(SETTING, this.#wanted);
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  async #restore(): Promise<void> {
    const stored = this.services.store.setting(SETTING).then(
      (wanted) => {
        if (typeof wanted === 'string' && this.#wanted === BUILT_IN) this.#wanted = wanted;
      },
      (error: unknown) => {
        this.failure = failureOf(error);
      },
    );
    await Promise.all([stored, this.refresh()]);
  }
}
