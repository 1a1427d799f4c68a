import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonLength, PrefixSlots } from './prefix-slots';

/** A fixed beginning of `length` tokens of its own kind, and a question. */
const prompt = (kind: number, length: number, ...question: number[]): number[] => [
  ...Array.from({ length }, (_, i) => 1_000 * kind + i),
  ...question,
];

describe('the choice of a cache', () => {
  it('evaluates a fixed beginning once, also when kinds of prompts alternate', () => {
    const slots = new PrefixSlots(4);
    const kinds = [
      { kind: 1, length: 2, own: 60 },
      { kind: 2, length: 600, own: 10 },
      { kind: 3, length: 900, own: 10 },
      { kind: 4, length: 800, own: 10 },
    ];
    let evaluated = 0;
    let next = 10_000;
    for (let round = 0; round < 20; round++) {
      for (const { kind, length, own } of kinds) {
        const tokens = prompt(kind, length, ...Array.from({ length: own }, () => next++));
        evaluated += tokens.length - slots.take(tokens).common;
      }
    }
    expect(evaluated).toBe(600 + 900 + 800 + 2 + 20 * (60 + 10 + 10 + 10));
  });
  it.each([
    // One cache is for all that comes, the others keep the longest beginnings.
    [2, 900],
    [3, 900 + 800],
  ])('with %i caches keeps the longest ones, %i tokens, although more kinds alternate', (count, kept) => {
    const slots = new PrefixSlots(count);
    let next = 10_000;
    let common = 0;
    for (let round = 0; round < 20; round++) {
      common = 0;
      for (const [kind, length] of [2, 600, 900, 800].entries()) {
        common += slots.take(prompt(kind + 1, length, ...Array.from({ length: 40 }, () => next++))).common;
      }
    }
    expect(common).toBe(kept);
  });
  it('gives up a beginning that is not asked for any more', () => {
    const slots = new PrefixSlots(2);
    for (let i = 0; i < 3; i++) slots.take(prompt(1, 900, 50 + i));
    let common = 0;
    for (let i = 0; i < 80; i++) {
      slots.take(prompt(3, 2, ...Array.from({ length: 40 }, (_, j) => 10_000 + 40 * i + j)));
      common = slots.take(prompt(2, 300, 50 + i)).common;
    }
    expect(common).toBe(300);
  });
  it('with one cache shares with the prompt before', () => {
    const slots = new PrefixSlots(1);
    expect(slots.take(prompt(1, 10, 5))).toEqual({ slot: 0, common: 0 });
    expect(slots.take(prompt(1, 10, 6))).toEqual({ slot: 0, common: 10 });
    expect(slots.take(prompt(2, 10, 6))).toEqual({ slot: 0, common: 0 });
    expect(slots.take(prompt(1, 10, 6))).toEqual({ slot: 0, common: 0 });
  });
  it('leaves one cache for prompts that share nothing', () => {
    const slots = new PrefixSlots(2);
    slots.take(prompt(1, 10, 1));
    slots.take(prompt(1, 10, 4));
    const kept = slots.take(prompt(1, 10, 2)).slot;
    for (let kind = 2; kind < 9; kind++) expect(slots.take(prompt(kind, 10)).slot).toBe(1 - kept);
    expect(slots.take(prompt(1, 10, 3))).toEqual({ slot: kept, common: 10 });
  });
  it('always evaluates the last token', () => {
    const slots = new PrefixSlots(2);
    slots.take([1, 2, 3]);
    expect(slots.take([1, 2, 3]).common).toBe(2);
    expect(slots.take([1]).common).toBe(0);
  });
  it('knows nothing after it was told to forget', () => {
    const slots = new PrefixSlots(2);
    slots.take([1, 2, 3, 4]);
    slots.take([1, 2, 3, 5]);
    slots.forget();
    expect(slots.take([1, 2, 3, 4]).common).toBe(0);
  });
  it('never counts a token as there that the cache does not hold', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }), { maxLength: 40 }),
        (count, prompts) => {
          const slots = new PrefixSlots(count);
          const caches = Array.from({ length: count }, (): number[] => []);
          for (const tokens of prompts) {
            const { slot, common } = slots.take(tokens);
            expect(common).toBe(Math.min(commonLength(caches[slot] ?? [], tokens), tokens.length - 1));
            caches[slot] = tokens;
          }
        },
      ),
    ));
});
