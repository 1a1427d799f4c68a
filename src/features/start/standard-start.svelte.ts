/** One click to a real language model: it is fetched from beside the page, stored, chosen, and the run begins. */
import { STANDARD_MODEL } from '../../core/models/standard-model';
import type { AppState } from '../../app/app-state.svelte';
import { Job } from '../../app/job.svelte';

export class StandardStart {
  readonly job = new Job();
  /** Whether it is on this device. */
  readonly here: boolean = $derived.by(() =>
    this.#app.choice.models.some(({ id }) => id === STANDARD_MODEL.id),
  );

  readonly #app: Pick<AppState, 'services' | 'choice'>;

  constructor(app: Pick<AppState, 'services' | 'choice'>) {
    this.#app = app;
  }

  /** @returns whether it is stored and chosen; what was fetched before a stop is kept, and fetched no more */
  async take(): Promise<boolean> {
    const { services, choice } = this.#app;
    const taken = await this.job.run(async (signal, report) => {
      await choice.ready;
      if (!this.here) {
        await services.requestPersistence().catch(() => false);
        const library = await services.modelLibrary();
        await library.fetchOffered(STANDARD_MODEL.id, signal, report);
        await choice.refresh();
      }
      await choice.choose(STANDARD_MODEL.id);
      return true;
    });
    return taken ?? false;
  }
}
