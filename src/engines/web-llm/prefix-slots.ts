/**
 * Which key-value cache a prompt goes to when several are at hand, so that long common beginnings (the few-shot texts of
 * classification and of instances) stay evaluated while other prompts come in between. Pure bookkeeping of tokens.
 */

interface Slot {
  /** Tokens of the last prompt, which the cache begins with; empty when nothing is known of it. */
  tokens: readonly number[];
  /** Number of the last use. */
  used: number;
  /** Whether a prompt shared at least half of itself with the one before: then its beginning is worth keeping. */
  kept: boolean;
}

/** Share of a prompt that must be there already for it to count as of the same kind. */
const SAME_KIND = 0.5;

export function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

export class PrefixSlots {
  readonly #slots: Slot[];
  #uses = 0;

  /** @param count caches at hand, at least 1 */
  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => ({ tokens: [], used: 0, kept: false }));
  }

  /**
   * Chooses the cache for a prompt and remembers the prompt there. A prompt unlike all kept ones takes the cache that was
   * not used for longest among those that keep nothing; one such cache is always left.
   * @returns its number and how many tokens of the prompt it holds already, at most all but one: the last token must be
   * evaluated for there to be an answer.
   */
  take(tokens: readonly number[]): { readonly slot: number; readonly common: number } {
    const commons = this.#slots.map((slot) => Math.min(commonLength(slot.tokens, tokens), tokens.length - 1));
    const best = commons.indexOf(Math.max(...commons));
    const same = (commons[best] ?? 0) >= SAME_KIND * tokens.length;
    const index = same ? best : this.#oldest((slot) => !slot.kept);
    const slot = this.#slots[index];
    if (!slot) throw new RangeError('There is no cache.');
    slot.tokens = tokens;
    slot.used = ++this.#uses;
    if (same) slot.kept = true;
    if (this.#slots.every(({ kept }) => kept)) {
      const free = this.#slots[this.#oldest(() => true)];
      if (free) free.kept = false;
    }
    return { slot: index, common: Math.max(0, commons[index] ?? 0) };
  }

  /** Nothing is known of any cache from now on. */
  forget(): void {
    for (const slot of this.#slots) Object.assign(slot, { tokens: [], kept: false });
  }

  #oldest(which: (slot: Slot) => boolean): number {
    let oldest = -1;
    for (const [i, slot] of this.#slots.entries()) {
      if (which(slot) && (oldest < 0 || slot.used < (this.#slots[oldest]?.used ?? 0))) oldest = i;
    }
    return oldest;
  }
}
