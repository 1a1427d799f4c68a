import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_TOKENS, PageMemory } from './page-memory';
import { type TokenSequence, Sequences } from './sequences';

/** Pages of one number for each token, so that a test can see what stands in them. */
const BYTES = PAGE_TOKENS * 4;
const START = 64;
function memory(most: number): { pages: PageMemory; numbers: (page: number) => Uint32Array } {
  const wasm = { memory: new WebAssembly.Memory({ initial: 4 }), at: START };
  const pages = new PageMemory(
    {
      memory: wasm.memory,
      pageBytes: () => BYTES,
      reserve: (bytes) => {
        wasm.at += bytes;
        return wasm.at - bytes;
      },
    },
    most,
  );
  return { pages, numbers: (page) => new Uint32Array(wasm.memory.buffer, page, PAGE_TOKENS) };
}
/** What the engine does: puts something of each token where its keys and values belong. */
function compute(
  sequence: TokenSequence,
  numbers: (page: number) => Uint32Array,
  sequences: Sequences,
): void {
  sequences.reach(sequence, sequence.tokens.length);
  for (; sequence.computed < sequence.tokens.length; sequence.computed++) {
    const { computed, pages, tokens } = sequence;
    numbers(pages[Math.floor(computed / PAGE_TOKENS)]!)[computed % PAGE_TOKENS] = tokens[computed]! + 1;
  }
}
const written = ({ pages, computed }: TokenSequence, numbers: (page: number) => Uint32Array): number[] =>
  Array.from(
    { length: computed },
    (_, i) => numbers(pages[Math.floor(i / PAGE_TOKENS)]!)[i % PAGE_TOKENS]! - 1,
  );

describe('sequences', () => {
  it('always find their own tokens in their pages, whatever begins, ends and is forgotten around them', () => {
    const beginning = fc.integer({ min: 0, max: 2 });
    const prompt = fc.record({ beginning, shared: fc.nat(150), own: fc.nat(40), written: fc.nat(90) });
    fc.assert(
      fc.property(
        fc.array(prompt, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (prompts, together) => {
          const { pages, numbers } = memory(together * 6);
          const sequences = new Sequences(pages);
          const active: TokenSequence[] = [];
          for (const [number, { beginning, shared, own, written: more }] of prompts.entries()) {
            const tokens = [
              ...Array.from({ length: shared + 1 }, (_, i) => beginning * 1000 + i),
              ...Array.from({ length: own }, () => 5000 + number),
            ];
            const sequence = sequences.begin(tokens);
            expect(sequence.computed).toBeLessThan(tokens.length);
            active.push(sequence);
            compute(sequence, numbers, sequences);
            sequence.tokens.push(...Array.from({ length: more }, (_, i) => 9000 + i));
            compute(sequence, numbers, sequences);
            for (const one of active) expect(written(one, numbers)).toEqual(one.tokens);
            if (active.length === together) sequences.finish(active.shift()!);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('take a known beginning over, up to the last token', () => {
    const { pages, numbers } = memory(10);
    const sequences = new Sequences(pages);
    const tokens = Array.from({ length: 200 }, (_, i) => i);
    const first = sequences.begin(tokens);
    compute(first, numbers, sequences);
    sequences.finish(first);
    expect(sequences.begin([...tokens.slice(0, 150), 7]).computed).toBe(150);
    expect(sequences.begin(tokens).computed).toBe(199);
    expect(sequences.begin([9]).computed).toBe(0);
  });

  it('say when there is no memory, and forget the one that was not used for longest first', () => {
    const { pages, numbers } = memory(3);
    const sequences = new Sequences(pages);
    const [a, b] = [
      [1, 2],
      [3, 4],
    ].map((tokens) => {
      const sequence = sequences.begin(tokens);
      compute(sequence, numbers, sequences);
      sequences.finish(sequence);
      return tokens;
    });
    sequences.finish(sequences.begin([...a!, 5]));
    const large = sequences.begin(Array.from({ length: 130 }, (_, i) => 100 + i));
    sequences.reach(large, 100);
    expect(sequences.begin([...b!, 5]).computed).toBe(0);
    expect(() => sequences.reach(large, 300)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ kind: 'out-of-memory' }) as unknown,
      }) as Error,
    );
  });
});
