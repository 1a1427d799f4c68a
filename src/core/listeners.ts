/** Listeners for changes, called in the order in which they were added. */

export class Listeners<T extends unknown[] = []> {
  readonly #all = new Set<(...change: T) => void>();

  /** @returns a function that removes the listener */
  add(listener: (...change: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  notify(...change: T): void {
    for (const listener of this.#all) listener(...change);
  }
}
