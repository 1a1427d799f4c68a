/** The download of a GGUF file from a URL: first its size, then, after a yes, the file. Outlives visits of the screen. */
import { Job } from '../../app/job.svelte';

interface Dependencies {
  /** Bytes behind a URL; null when the server does not say. @throws AppError model-file-missing, bad-file */
  size(url: string, signal: AbortSignal): Promise<number | null>;
  /** Whether it is stored now. */
  download(url: string): Promise<boolean>;
  /** Stops, and discards what was downloaded. */
  cancel(url: string): Promise<void>;
}

export class AddressDownload {
  /** As it is typed. */
  typed = $state('');
  /** Waits for a yes, or is being downloaded. */
  offer = $state.raw<{ readonly url: string; readonly bytes: number | null } | null>(null);
  /** Asks for the size. */
  readonly job = new Job();

  constructor(private readonly dependencies: Dependencies) {}

  async ask(url = this.typed.trim()): Promise<void> {
    if (this.job.running || url === '') return;
    this.typed = url;
    this.offer = null;
    await this.job.run(async (signal) => {
      this.offer = { url, bytes: await this.dependencies.size(url, signal) };
    });
  }

  async download(): Promise<void> {
    const { offer } = this;
    if (offer && (await this.dependencies.download(offer.url)) && this.offer === offer) this.#clear();
  }

  async cancel(): Promise<void> {
    const { offer } = this;
    if (!offer) return;
    this.#clear();
    await this.dependencies.cancel(offer.url);
  }

  #clear(): void {
    this.offer = null;
    this.typed = '';
  }
}
