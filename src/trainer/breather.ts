/** Lets messages in now and then while the trainer computes, so that a person can stop it. */

/** Between two looks; a timer costs up to 4 ms. */
const EVERY_MS = 100;

export class Breather {
  #last = performance.now();
  constructor(private readonly signal: AbortSignal) {}

  /** @throws AbortError */
  async breathe(): Promise<void> {
    if (performance.now() - this.#last < EVERY_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#last = performance.now();
    this.signal.throwIfAborted();
  }
}
