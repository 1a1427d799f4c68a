/** Who rates on this device: one name for reviews and evaluations, asked once and stored. The app keeps the one instance. */
import type { AppState } from '../../app/app-state.svelte';
import type { RunStore } from '../../core/ports';
import { RATER_SETTING, raterName } from '../../core/review/rater';

export class Rater {
  /** Null until a name is given. */
  name = $state<string | null>(null);
  /** Whether the stored name was read. */
  loaded = $state(false);

  readonly #store: Pick<RunStore, 'setting' | 'saveSetting'>;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#store = services.store;
  }

  /** Reads the stored name, once. @throws AppError */
  async load(): Promise<void> {
    if (this.loaded) return;
    try {
      const stored = await this.#store.setting<string>(RATER_SETTING);
      this.name = typeof stored === 'string' ? raterName(stored) : null;
    } finally {
      this.loaded = true;
    }
  }
  /** Shows the name at once, then stores it; a name of which nothing is left changes nothing. @throws AppError */
  async rename(typed: string): Promise<void> {
    const name = raterName(typed);
    if (name === null) return;
    this.name = name;
    await this.#store.saveSetting(RATER_SETTING, name);
  }
  /** Asks again, for another person. */
  clear(): void {
    this.name = null;
  }
}
