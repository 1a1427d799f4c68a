/** Ends a request that received nothing for long. */
import { TICK_MS, Watchdog } from './watchdog';

export class StallWatch {
  readonly #controller = new AbortController();
  readonly #watchdog: Watchdog;
  /** Whether it ended the request, and not the caller. */
  stalled = false;

  /** @param ticks without data after which the request ends */
  constructor(
    private readonly outer: AbortSignal,
    ticks: number,
    tickMs = TICK_MS,
  ) {
    this.#watchdog = new Watchdog(() => {
      this.stalled = true;
      this.stop();
    }, tickMs);
    this.#watchdog.alive(ticks);
    outer.addEventListener('abort', this.#abort);
    if (outer.aborted) this.#abort();
  }

  /** Aborts at a stall and when the outer signal does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  /** Silence that is borne, in seconds. */
  get seconds(): number {
    return this.#watchdog.seconds;
  }
  /** Data came; up to `ticks` may pass until the next, as many as before when absent. */
  alive(ticks?: number): void {
    this.#watchdog.alive(ticks);
  }
  /** Also ends what is still being read. */
  stop(): void {
    this.#watchdog.stop();
    this.outer.removeEventListener('abort', this.#abort);
    this.#controller.abort();
  }
  readonly #abort = (): void => this.#controller.abort();
}
