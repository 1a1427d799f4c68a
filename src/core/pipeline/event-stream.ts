/** A queue that many writers fill and one reader empties with `for await`. */
export class EventStream<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #ended: { readonly error?: unknown } | null = null;
  #wake: (() => void) | null = null;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }
  /** Ends the reader after the queued items, or lets it throw `error`. */
  end(error?: unknown): void {
    this.#ended ??= error === undefined ? {} : { error };
    this.#wake?.();
  }
  /**
   * The items as they come while `work` fills the stream; its end is the stream's end.
   * @param stop ends the work: when the reader stops early, no writer may keep running
   */
  async *during(work: Promise<void>, stop: () => void): AsyncGenerator<T, void, undefined> {
    const ended = work.then(
      () => this.end(),
      (error: unknown) => this.end(error),
    );
    try {
      yield* this;
    } finally {
      stop();
      await ended;
    }
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item;
      } else if (this.#ended) {
        if ('error' in this.#ended) throw this.#ended.error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
      }
    }
  }
}
