/** Whether GGUF models are computed on the graphics processor, as the Models screen shows it. */
import { type Failure, failureOf } from '../../core/errors';
import type { ModelChoice } from '../../app/model-choice.svelte';
import type { Services } from '../../app/services';

export class GraphicsSwitch {
  /** The graphics processor that llama.cpp can use; null where there is none, or before it is known. */
  name = $state<string | null>(null);
  on = $state(true);
  failure = $state.raw<Failure | null>(null);

  constructor(
    private readonly services: Pick<Services, 'graphics'>,
    private readonly choice: Pick<ModelChoice, 'refresh'>,
  ) {
    void this.#open();
  }

  /** From the next load on; what computes now goes on as it began. */
  async set(on: boolean): Promise<void> {
    this.on = on;
    this.failure = null;
    try {
      await this.services.graphics.setOn(on);
      // The list says where each model will be computed.
      await this.choice.refresh();
    } catch (error) {
      this.on = await this.services.graphics.isOn();
      this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
    }
  }

  async #open(): Promise<void> {
    this.on = await this.services.graphics.isOn();
    this.name = (await this.services.graphics.fitting())?.name ?? null;
  }
}
