/** The work of a session: one piece at a time, which can be stopped from outside and always comes to an end. */
export class StoppableWork {
  #stopper: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();

  /**
   * Begins a piece of work. Resolves when it is over, and `failed` with it.
   * @param failed gets what the work threw; the signal tells whether it was stopped
   */
  async run(
    work: (signal: AbortSignal) => Promise<void>,
    failed: (error: unknown, signal: AbortSignal) => void | Promise<void>,
  ): Promise<void> {
    const stopper = new AbortController();
    const { signal } = stopper;
    this.#stopper = stopper;
    this.#ended = work(signal).catch((error: unknown) => failed(error, signal));
    await this.#ended;
    if (this.#stopper === stopper) this.#stopper = null;
  }

  /** Asks the work to stop, and resolves when it is over. @param stopping called first, if there is work */
  async stop(stopping: () => void): Promise<void> {
    if (!this.#stopper) return;
    stopping();
    this.#stopper.abort();
    await this.#ended;
  }
}
