/**
 * Runs model calls side by side, at most `width` at a time, the most urgent first. A job begins only when the one
 * before it in its lane has ended, commit included, so nothing starts before what came before it is stored.
 */

interface Job {
  readonly priority: number;
  readonly order: number;
  readonly run: () => Promise<void>;
}

export class JobQueue {
  readonly #width: number;
  readonly #jobs: Job[] = [];
  #running = 0;
  #order = 0;
  #failure: { readonly error: unknown } | null = null;
  #settled: (() => void) | null = null;

  /** @param width calls in flight at most; @param onBusy told whenever the number of running jobs changes. */
  constructor(
    width: number,
    private readonly onBusy: (running: number) => void = () => undefined,
  ) {
    this.#width = width;
  }

  /** Lower priority numbers run first; equal ones in the order they were added. */
  add(priority: number, run: () => Promise<void>): void {
    this.#jobs.push({ priority, order: this.#order++, run });
    this.#jobs.sort((a, b) => a.priority - b.priority || a.order - b.order);
    this.#fill();
  }

  /** Resolves when nothing runs and nothing waits. @throws the first error of a job; waiting jobs are dropped then. */
  async drained(): Promise<void> {
    while (this.#running > 0 || (this.#jobs.length > 0 && !this.#failure)) {
      await new Promise<void>((resolve) => (this.#settled = resolve));
    }
    if (this.#failure) throw this.#failure.error;
  }

  #fill(): void {
    while (!this.#failure && this.#running < this.#width) {
      const job = this.#jobs.shift();
      if (!job) break;
      this.#running++;
      this.onBusy(this.#running);
      void job
        .run()
        .catch((error: unknown) => (this.#failure ??= { error }))
        .finally(() => {
          this.#running--;
          this.#fill();
          this.onBusy(this.#running);
          this.#settled?.();
        });
    }
  }
}
