/** Ends a request that received nothing for long. It counts its own ticks: a frozen tab does not tick, so sleep does not count. */

export class StallWatch {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #left: number;
  #limit: number;
  stalled = false;

  /** @param ticks without data after which it ends */
  constructor(
    private readonly outer: AbortSignal,
    private readonly tickMs: number,
    ticks: number,
  ) {
    this.#limit = ticks;
    this.#left = ticks;
    this.#timer = setInterval(() => {
      if (--this.#left > 0) return;
      this.stalled = true;
      this.#controller.abort();
    }, tickMs);
    outer.addEventListener('abort', this.#abort);
    if (outer.aborted) this.#abort();
  }

  /** Aborts at a stall and when the outer signal does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  get seconds(): number {
    return (this.#limit * this.tickMs) / 1000;
  }
  /** Data came; up to `ticks` may pass until the next. */
  alive(ticks: number): void {
    this.#limit = ticks;
    this.#left = ticks;
  }
  /** Also ends what is still being read. */
  stop(): void {
    clearInterval(this.#timer);
    this.outer.removeEventListener('abort', this.#abort);
    this.#controller.abort();
  }
  readonly #abort = (): void => this.#controller.abort();
}
