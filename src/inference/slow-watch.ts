/** Notices that a model has become much slower than it was: another program runs, or the laptop saves its battery. */

/** Requests that are looked at together: one long prompt says little. */
const WINDOW = 6;
/** Times slower than at its best. */
const MUCH = 3;
/** Finding a better number of threads costs a load and the kept prompts: not more often than this. */
const PAUSE_MS = 10 * 60_000;

export class SlowWatch {
  readonly #recent: { readonly tokens: number; readonly seconds: number }[] = [];
  #best = 0;
  #since: number;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#since = now();
  }

  /** A request was answered. @param tokens evaluated and written */
  answered(tokens: number, seconds: number): void {
    this.#recent.push({ tokens, seconds });
    if (this.#recent.length > WINDOW) this.#recent.shift();
    this.#best = Math.max(this.#best, this.#rate());
  }

  /** Whether another number of threads should be tried. */
  get isDue(): boolean {
    const rate = this.#rate();
    return rate > 0 && rate * MUCH < this.#best && this.now() - this.#since >= PAUSE_MS;
  }

  /** Threads were measured again. */
  measured(): void {
    this.#recent.length = 0;
    this.#best = 0;
    this.#since = this.now();
  }

  /** Tokens a second; 0 while too little is known. */
  #rate(): number {
    if (this.#recent.length < WINDOW) return 0;
    const sum = (key: 'tokens' | 'seconds'): number =>
      this.#recent.reduce((total, one) => total + one[key], 0);
    return sum('seconds') > 0 ? sum('tokens') / sum('seconds') : 0;
  }
}
