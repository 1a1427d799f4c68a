/**
 * Runs model calls concurrently, at most `width` at a time, the most urgent first. A job holds its place until its commit
 * has ended, so that nothing starts before earlier results are stored.
 */

type Job = () => Promise<void>;

/** Runs requests concurrently, the most urgent first. */
export class JobQueue {
  /** Waiting jobs by priority; a stage-by-stage run can have as many waiting as it has tasks. */
  readonly #waiting: (Job[] | undefined)[] = [];
  #running = 0;
  #failure: { readonly error: unknown } | null = null;
  #settled: (() => void) | null = null;

  /** @param width most concurrent jobs */
  constructor(private readonly width: number) {}

  /** Lower priority numbers (from 0) run first; equal ones in the order they were added. */
  add(priority: number, job: Job): void {
    (this.#waiting[priority] ??= []).push(job);
    this.#fill();
  }

  /** Starts no more jobs; running ones finish. */
  stop(error: unknown): void {
    this.#failure ??= { error };
    this.#settled?.();
  }

  /** Resolves when all jobs are done. @throws the first error of a job; waiting jobs are dropped then. */
  async drained(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
    if (this.#failure) throw this.#failure.error;
  }

  #fill(): void {
    while (!this.#failure && this.#running < this.width) {
      const job = this.#waiting.find((jobs) => jobs !== undefined && jobs.length > 0)?.shift();
      if (!job) break;
      this.#running++;
      void job()
        .catch((error: unknown) => (this.#failure ??= { error }))
        .finally(() => {
          this.#running--;
          this.#fill();
          this.#settled?.();
        });
    }
  }
}
