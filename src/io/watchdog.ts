/**
 * Notices silence, of workers, of streams, of downloads and of the database. It counts its own ticks: a frozen tab does
 * not tick, so that sleep does not count.
 */

/** Length of a tick, in milliseconds. */
export const TICK_MS = 5_000;
/** Silence that is borne where nothing else is said: a minute. */
export const SILENCE_TICKS = 12;

export class Watchdog {
  #timer: ReturnType<typeof setInterval> | undefined;
  #left = Infinity;
  #borne = Infinity;
  #most = Infinity;
  /** What is being waited for on this side; meanwhile the other side may be silent. */
  #busy = 0;
  #over = false;

  /** @param onSilence called at each tick once the silence was too long */
  constructor(
    private readonly onSilence: (seconds: number) => void,
    private readonly tickMs = TICK_MS,
  ) {}

  /** The silence that is borne now. */
  get seconds(): number {
    return (this.#borne * this.tickMs) / 1000;
  }

  /** A sign of life: begins to count again. @param ticks of silence that are borne after it; as before when absent */
  alive(ticks = this.#borne): void {
    this.#borne = Math.min(ticks, this.#most);
    this.#left = this.#borne;
    this.#run();
  }
  /** From now on no more than `ticks` of silence are borne. */
  hurry(ticks: number): void {
    this.#most = ticks;
    this.#borne = Math.min(this.#borne, ticks);
    this.#left = Math.min(this.#left, ticks);
    this.#run();
  }
  /** Does what the other side asked for, which is a sign of life; until it is done, that side waits and is not silent. */
  during<T>(work: () => T): T {
    this.alive();
    const done = work();
    if (!(done instanceof Promise)) return done;
    this.#busy++;
    const over = (): void => {
      this.#busy--;
      this.alive();
    };
    done.then(over, over);
    return done;
  }
  stop(): void {
    clearInterval(this.#timer);
    this.#over = true;
  }

  #run(): void {
    if (this.#over || this.#left === Infinity) return;
    this.#timer ??= setInterval(() => {
      if (this.#busy === 0 && --this.#left <= 0) this.onSilence(this.seconds);
    }, this.tickMs);
  }
}
