/**
 * Seeded randomness. Core never calls Math.random: each request's generator is derived from
 * (run seed, stage, index), so that nothing depends on the order in which requests finish.
 */

/** FNV-1a over the parts, finished with a mix, as an unsigned 32-bit number. */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Numbers in [0, 1) by mulberry32. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  /** `count` different elements in random order (fewer when there are fewer). */
  sample<T>(items: readonly T[], count: number): T[] {
    // Sparse Fisher-Yates: a pool of 200,000 is not copied to draw two.
    const moved = new Map<number, T>();
    const at = (index: number): T => (moved.has(index) ? (moved.get(index) as T) : (items[index] as T));
    const drawn: T[] = [];
    for (let i = 0; i < Math.min(count, items.length); i++) {
      const j = i + this.below(items.length - i);
      drawn.push(at(j));
      moved.set(j, at(i));
    }
    return drawn;
  }
  shuffle<T>(items: readonly T[]): T[] {
    return this.sample(items, items.length);
  }
}
