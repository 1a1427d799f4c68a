/** Jobs per model (download, import, export, verify) with progress, pause and resume. */
import { SvelteMap } from 'svelte/reactivity';
import { Job, type JobWork } from '../../app/job.svelte';

export class ModelJobs {
  /** By what is worked on: the id of an offered model, an address, `files`, or the id of a stored model. */
  readonly #jobs = new SvelteMap<string, Job>();

  /** The job that is running, paused or failed. */
  of(key: string): Job | undefined {
    return this.#jobs.get(key);
  }
  isRunning(key: string): boolean {
    return this.of(key)?.running ?? false;
  }

  /**
   * Does one thing for a model, unless something is being done for it.
   * @param label shown in place of those that the work reports
   * @returns null when it was paused or failed
   */
  async run<T>(key: string, label: string, work: JobWork<T>): Promise<T | null> {
    if (this.isRunning(key)) return null;
    const job = new Job();
    this.#jobs.set(key, job);
    const result = await job.run(async (signal, report) => {
      report({ label, done: 0, total: null });
      const found = await work(signal, (progress) => report({ ...progress, label }));
      return signal.aborted ? null : { found };
    });
    if (!result) return null;
    this.#jobs.delete(key);
    return result.found;
  }

  /** Stops; what came so far stays where the work can be resumed. */
  pause(key: string): void {
    this.of(key)?.cancel();
  }
  /** Stops, waits until it has stopped, and forgets it. */
  async end(key: string): Promise<void> {
    this.pause(key);
    await this.of(key)?.ended;
    this.#jobs.delete(key);
  }
}
