/** Wall time of a run, and how much of it at least one model request was being computed. */
export class BusyClock {
  readonly #startedAt: number;
  #busyMs: number;
  #running = 0;
  #since = 0;

  /** @param now milliseconds; the two others continue an interrupted run. */
  constructor(
    private readonly now: () => number,
    private readonly secondsBefore: number,
    modelSecondsBefore: number,
  ) {
    this.#startedAt = now();
    this.#busyMs = modelSecondsBefore * 1000;
  }
  begin(): void {
    if (this.#running++ === 0) this.#since = this.now();
  }
  end(): void {
    if (--this.#running === 0) this.#busyMs += this.now() - this.#since;
  }
  get modelSeconds(): number {
    const open = this.#running > 0 ? this.now() - this.#since : 0;
    return (this.#busyMs + open) / 1000;
  }
  get seconds(): number {
    return this.secondsBefore + (this.now() - this.#startedAt) / 1000;
  }
}
