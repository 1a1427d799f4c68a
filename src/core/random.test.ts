import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, deriveSeed } from './random';

describe('derived seeds', () => {
  it('are the same for the same parts, and fixed for ever: stored runs rely on them', () => {
    expect(deriveSeed(7, 'exemplars', 0)).toBe(deriveSeed(7, 'exemplars', 0));
    expect([deriveSeed(7, 'exemplars', 0), deriveSeed(0), deriveSeed()]).toMatchInlineSnapshot(`
      [
        3625505504,
        1693486945,
        2872998923,
      ]
    `);
  });
  it('are unsigned 32-bit numbers and seldom meet', () => {
    const seeds = new Set<number>();
    for (const stage of ['instructions', 'classification', 'instances', 'labels'])
      for (let i = 0; i < 5000; i++) seeds.add(deriveSeed(1, stage, i));
    for (const seed of seeds) expect(seed).toBe(seed >>> 0);
    expect(seeds.size).toBeGreaterThan(19_990);
  });
  it('keep parts apart', () => expect(deriveSeed(1, 23)).not.toBe(deriveSeed(12, 3)));
});

describe('numbers', () => {
  it('are spread evenly', () => {
    const random = new Random(42);
    const bins = new Array<number>(16).fill(0);
    for (let i = 0; i < 64_000; i++) bins[Math.floor(random.next() * 16)]!++;
    for (const bin of bins) expect(Math.abs(bin - 4000)).toBeLessThan(300);
  });
  it('are in [0, 1), and integers below their limit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (seed, limit) => {
        const random = new Random(seed);
        const next = random.next();
        expect(next >= 0 && next < 1).toBe(true);
        const below = random.below(limit);
        expect(Number.isInteger(below) && below >= 0 && below < limit).toBe(true);
      }),
    );
  });
});

describe('a sample', () => {
  const pool = fc.array(fc.integer(), { maxLength: 40 });
  it('holds different places of the pool, and leaves the pool alone', () => {
    fc.assert(
      fc.property(fc.integer(), pool, fc.nat(50), (seed, items, count) => {
        const places = items.map((item, place) => ({ item, place }));
        const before = [...places];
        const drawn = new Random(seed).sample(places, count);
        expect(drawn).toHaveLength(Math.min(count, items.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        for (const entry of drawn) expect(places).toContain(entry);
        expect(places).toEqual(before);
      }),
    );
  });
  it('is the beginning of the shuffle with the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), pool, fc.nat(50), (seed, items, count) => {
        expect(new Random(seed).sample(items, count)).toEqual(
          new Random(seed).shuffle(items).slice(0, count),
        );
      }),
    );
  });
  it('shuffles into every order equally often', () => {
    const counts = new Map<string, number>();
    const random = new Random(5);
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
  it('may hold undefined', () =>
    expect(new Random(1).sample([undefined, undefined], 2)).toEqual([undefined, undefined]));
});
