/** A GGUF file fetched from an address: its size is asked, then it waits for a yes. Held over visits of the screen. */
import { Job } from '../../app/job.svelte';

interface Dependencies {
  /** Bytes behind an address; null when the server does not say. @throws AppError model-file-missing, bad-file */
  size(url: string, signal: AbortSignal): Promise<number | null>;
  /** Whether it is here now. */
  fetch(url: string): Promise<boolean>;
  /** Stops, and gives up what came. */
  cancel(url: string): Promise<void>;
}

export class AddressFetch {
  /** As it is typed. */
  typed = $state('');
  /** What was asked for and waits for a yes, or is on its way. */
  offer = $state.raw<{ readonly url: string; readonly bytes: number | null } | null>(null);
  /** Asks for the size. */
  readonly job = new Job();
  readonly #dependencies: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  async ask(): Promise<void> {
    const url = this.typed.trim();
    if (this.job.running || url === '') return;
    this.offer = null;
    await this.job.run(async (signal) => {
      this.offer = { url, bytes: await this.#dependencies.size(url, signal) };
    });
  }

  async fetch(): Promise<void> {
    const { offer } = this;
    if (offer && (await this.#dependencies.fetch(offer.url)) && this.offer === offer) this.#clear();
  }

  async cancel(): Promise<void> {
    const { offer } = this;
    if (!offer) return;
    this.#clear();
    await this.#dependencies.cancel(offer.url);
  }

  #clear(): void {
    this.offer = null;
    this.typed = '';
  }
}
