/**
 * Which key-value cache a prompt goes to when several are at hand, so that long common beginnings (the few-shot texts of
 * classification and of instances) stay evaluated while other prompts come in between. Pure bookkeeping of tokens.
 */

interface Slot {
  /** Tokens of the last prompt, which the cache begins with; empty when nothing is known of it. */
  tokens: readonly number[];
  /** Number of the last use. */
  used: number;
  /** Tokens that prompts of its kind were seen to share: worth keeping. 0: a cache for all that comes. */
  shared: number;
}

/** Share of a prompt that two of the same kind have in common. */
const SAME_KIND = 0.5;
/** Prompts remembered, so that a kind is known again although its cache went to others meanwhile. */
const REMEMBERED = 8;
/** A beginning that no prompt of so many had is not kept any longer. */
const STALE = 64;

/** Tokens that two prompts have in common at their beginning. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

/** Chooses the cache for each prompt. */
export class PrefixSlots {
  readonly #slots: Slot[];
  readonly #recent: (readonly number[])[] = [];
  #uses = 0;

  /** @param count caches at hand, at least 1 */
  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => ({ tokens: [], used: 0, shared: 0 }));
  }

  /**
   * Chooses the cache for a prompt and remembers the prompt there. A prompt unlike all kept ones takes the cache that was
   * not used for longest among those that keep nothing; one such cache is always left. The longest beginnings are kept.
   * @returns its number and how many tokens of the prompt it holds already, at most all but one: the last token must be
   * evaluated for there to be an answer.
   */
  take(tokens: readonly number[]): { readonly slot: number; readonly common: number } {
    this.#uses++;
    for (const slot of this.#slots) if (slot.used + STALE < this.#uses) slot.shared = 0;
    const commons = this.#slots.map((slot) => Math.min(commonLength(slot.tokens, tokens), tokens.length - 1));
    const best = commons.indexOf(Math.max(...commons));
    const isSame = (common: number): boolean => common >= SAME_KIND * tokens.length;
    const index = isSame(commons[best] ?? 0) ? best : this.#free();
    const slot = this.#slots[index];
    if (!slot) throw new RangeError('No cache.');
    const seen = Math.max(0, ...this.#recent.map((recent) => commonLength(recent, tokens)));
    slot.tokens = tokens;
    slot.used = this.#uses;
    slot.shared = isSame(seen) ? seen : 0;
    this.#leaveOneFree();
    this.#recent.unshift(tokens);
    this.#recent.length = Math.min(this.#recent.length, REMEMBERED);
    return { slot: index, common: Math.max(0, commons[index] ?? 0) };
  }

  /** Nothing is known of any cache from now on. */
  forget(): void {
    for (const slot of this.#slots) Object.assign(slot, { tokens: [], shared: 0 });
  }

  /** The cache that was not used for longest among those that keep nothing. */
  #free(): number {
    let free = -1;
    for (const [i, { shared, used }] of this.#slots.entries()) {
      if (shared === 0 && (free < 0 || used < (this.#slots[free]?.used ?? 0))) free = i;
    }
    return free;
  }

  /** When all caches keep something, the shortest beginning is given up first. */
  #leaveOneFree(): void {
    const shortest = Math.min(...this.#slots.map(({ shared }) => shared));
    const slot = this.#slots.find(({ shared }) => shared === shortest);
    if (slot) slot.shared = 0;
  }
}
