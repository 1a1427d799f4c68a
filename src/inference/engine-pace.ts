/**
 * How long an engine may be silent: longer than the longest step that it has shown. A machine that needs 40 seconds for 32
 * tokens of a prompt is slow, not dead; one that was quick and says nothing for a minute is dead.
 */

/** Times the longest step: other programs may take the machine meanwhile. */
const MARGIN = 4;
/** What a step counts for at the next one: a machine that was busy once is not slow for ever. */
const FADING = 0.98;

export class EnginePace {
  #slowest = 0;
  #last: number | null = null;

  /** @param now milliseconds */
  constructor(
    private readonly tickMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Work begins: the time before it was no step. */
  begin(): void {
    this.#last ??= this.now();
  }
  /** The engine is idle from now on. */
  end(): void {
    this.#last = null;
  }
  /** A step is done. @param borne ticks of silence that were borne: what took longer was a tab that slept */
  step(borne: number): void {
    const now = this.now();
    const took = this.#last === null ? 0 : now - this.#last;
    this.#last = now;
    if (took <= borne * this.tickMs) this.#slowest = Math.max(took, this.#slowest * FADING);
  }

  /** Ticks of silence to bear now, at least `least`. */
  ticks(least: number): number {
    return Math.max(least, Math.ceil((MARGIN * this.#slowest) / this.tickMs));
  }
}
