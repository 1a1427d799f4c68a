/** Whether GGUF models are computed on the graphics processor, as the Models screen shows it. */
import { type Failure, failureOf } from '../../core/errors';
import type { AppState } from '../../app/app-state.svelte';

export class GraphicsSwitch {
  /** The graphics processor that llama.cpp can use; null where there is none, or before it is known. */
  name = $state<string | null>(null);
  on = $state(true);
  failure = $state.raw<Failure | null>(null);

  constructor(private readonly app: Pick<AppState, 'services' | 'choice'>) {
    void this.#open();
  }

  /** From the next load on; what computes now goes on as it began. */
  async set(on: boolean): Promise<void> {
    this.on = on;
    this.failure = null;
    try {
      await this.app.services.graphics.setOn(on);
      // The list says where each model will be computed.
      await this.app.choice.refresh();
    } catch (error) {
      this.on = await this.app.services.graphics.isOn();
      this.failure = failureOf(error);
    }
  }

  async #open(): Promise<void> {
    this.on = await this.app.services.graphics.isOn();
    this.name = (await this.app.services.graphics.fitting())?.name ?? null;
  }
}
