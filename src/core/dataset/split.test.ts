import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SplitBorder } from './split';

const sides = (texts: readonly string[], share: number, seed: number) => {
  const border = new SplitBorder({ share, seed });
  for (const text of texts) border.add(text);
  const split = border.result();
  return texts.map((text) => split.sideOf(text));
};

describe('the split', () => {
  it('meets the share exactly, and both sides have something', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        (texts, share, seed) => {
          const held = sides(texts, share, seed).filter((side) => side === 'validation').length;
          expect(held).toBe(Math.min(Math.max(Math.round(share * texts.length), 1), texts.length - 1));
        },
      ),
    );
  });
  it('puts equal instructions on one side, and depends on nothing but text and seed', () => {
    const texts = Array.from({ length: 200 }, (_, i) => `Task ${i % 50}`);
    const first = sides(texts, 0.3, 7);
    for (const [i, side] of first.entries()) expect(side).toBe(first[i % 50]);
    expect(sides([...texts].reverse(), 0.3, 7).reverse()).toEqual(first);
    expect(sides(texts, 0.3, 8)).not.toEqual(first);
  });
  it('holds nothing out when no share is wanted or there is one instruction', () => {
    expect(sides(['a', 'b', 'c'], 0, 1)).toEqual(['train', 'train', 'train']);
    expect(sides(['a', 'a'], 0.5, 1)).toEqual(['train', 'train']);
    expect(sides([], 0.5, 1)).toEqual([]);
  });
});
