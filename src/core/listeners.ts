/** Those who want to hear of changes, in the order in which they came. */

export class Listeners<T extends unknown[] = []> {
  readonly #all = new Set<(...change: T) => void>();

  /** @returns the way to stop listening */
  add(listener: (...change: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  notify(...change: T): void {
    for (const listener of this.#all) listener(...change);
  }
}
