/** Failures of one engine that come close together: those further apart have nothing to do with each other. */

/** Answers after which earlier failures are forgotten. */
const RECOVERED = 50;

export class RecentLosses {
  #losses = 0;
  #answers = 0;

  answered(): void {
    if (++this.#answers >= RECOVERED) this.#losses = 0;
  }
  /** Counts one more. @returns how many there were, this one among them */
  lost(): number {
    this.#answers = 0;
    return ++this.#losses;
  }
}
