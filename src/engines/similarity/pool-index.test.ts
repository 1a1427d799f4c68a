/** Both exact engines against the oracle, on pools that grow, shrink and change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tooSimilar } from '../../core/filters/instruction-filters';
import { FastIndex } from '../../core/similarity/fast-index';
import { OracleIndex } from '../../core/similarity/oracle-index';
import { compareOneByOne, type Join, type PoolIndex } from '../../core/similarity/pool-index';
import golden from '../../core/similarity/rouge-l.golden.json';
import unicodeGolden from '../../core/similarity/rouge-l-unicode.golden.json';
import type { TokenMode } from '../../core/similarity/tokenize';
import type { Neighbour, TaskId } from '../../core/task';
import { WasmIndex } from './wasm-index';

/** Pools are large: making a failing one smaller would take many minutes. */
const AS_FOUND = { endOnFailure: true };
const id = (n: number): TaskId => String(n) as TaskId;
const wasm = (mode: TokenMode): WasmIndex => WasmIndex.create(mode)!;
const ENGINES: readonly (readonly [string, (mode: TokenMode) => PoolIndex])[] = [
  ['plain TypeScript', (mode) => new FastIndex(mode)],
  ['WebAssembly', wasm],
];

/** Few words, so that long common subsequences and ties are frequent; other scripts and odd case among them. */
const word = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(...'give the a list of three name write 10 to in and'.split(' ')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '\u03a9mega',
      'na\u00efve',
      '\u212a',
      '\u0130zmir',
      '\u5199\u4e00\u9996\u8bd7',
      '\u0e01\u0e34\u0e19',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }) },
);
const words = (minLength: number, maxLength: number, by: string) =>
  fc.array(word, { minLength, maxLength, size: 'max' }).map((parts) => parts.join(by));
const text = fc.oneof(
  { weight: 5, arbitrary: words(0, 9, ' ') },
  { weight: 6, arbitrary: words(7, 35, ' ') },
  { weight: 3, arbitrary: words(28, 70, ' ') },
  { weight: 2, arbitrary: words(60, 135, ', ') },
  { weight: 1, arbitrary: words(125, 320, '-') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);
const threshold = fc.oneof(
  fc.constantFrom(0, 0.3, 0.5, 0.7, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
  // Scores that occur, so that both edges are met.
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .map(([a, b]) => Math.min(a, b) / Math.max(a, b)),
);
type Change =
  | { readonly kind: 'add'; readonly text: string }
  | { readonly kind: 'remove' | 'again'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly text: string };
const at = fc.nat({ max: 1000 });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), at, text }) },
);

/** Applies the changes to all indexes; returns the texts that are in the pool now. */
function apply(indexes: readonly PoolIndex[], changes: readonly Change[]): string[] {
  const pool: { id: TaskId; text: string }[] = [];
  for (const [i, step] of changes.entries()) {
    const entry = step.kind === 'add' ? undefined : pool[step.at % Math.max(pool.length, 1)];
    if (step.kind === 'add' || (step.kind === 'again' && entry)) {
      const added = { id: id(i), text: step.kind === 'add' ? step.text : entry!.text };
      pool.push(added);
      for (const index of indexes) index.add(added.id, added.text);
    } else if (step.kind === 'remove' && entry) {
      pool.splice(pool.indexOf(entry), 1);
      for (const index of indexes) index.remove(entry.id);
    } else if (step.kind === 'replace' && entry) {
      entry.text = step.text;
      for (const index of indexes) index.replace(entry.id, step.text);
    }
  }
  return pool.map((entry) => entry.text);
}

/** One pass of the oracle tells everything that the engine is asked. */
function expectSame(got: PoolIndex, want: PoolIndex, query: string, topK: number, limit: number): void {
  expect(got.size).toBe(want.size);
  const expected = want.compare(query, want.size);
  const similarity = got.compare(query, topK);
  expect(similarity.max).toBe(expected.max);
  expect(similarity.nearest).toEqual(expected.nearest.slice(0, topK));
  expect(Math.abs(similarity.mean - expected.mean)).toBeLessThan(1e-12);
  for (const edge of ['above', 'from'] as const) {
    for (const value of [limit, expected.max, expected.nearest[9]?.rougeL ?? 0.5])
      expect(got.reaches(query, value, edge), `${edge} ${value}`).toBe(tooSimilar(expected.max, value, edge));
  }
  const floor = Math.max(limit, 0.01);
  const byId = (a: Neighbour, b: Neighbour) => Number(a.id) - Number(b.id);
  expect(got.neighbours(query, floor).sort(byId)).toEqual(
    expected.nearest.filter(({ rougeL }) => rougeL >= floor).sort(byId),
  );
}

describe.each(ENGINES)('%s against the oracle', { timeout: 120_000 }, (_, create) => {
  it('agrees with all golden pairs to the last bit', () => {
    expect(golden).toHaveLength(500);
    for (const pair of golden) {
      const index = create('ascii');
      index.add(id(0), pair.prediction);
      expect(index.compare(pair.target, 10).max).toBe(pair.fmeasure);
      expect(index.reaches(pair.target, 0.7, 'above')).toBe(pair.above);
    }
    for (const pair of unicodeGolden) {
      const index = create('unicode');
      index.add(id(0), pair.prediction);
      expect(index.compare(pair.target, 10).max).toBe(pair.fmeasure);
      expect(index.reaches(pair.target, 0.7, 'above')).toBe(pair.fmeasure > 0.7);
    }
  });

  it.each(['ascii', 'unicode'] as const)(
    'gives the same on changing pools, %s words',
    (mode) => {
      fc.assert(
        fc.property(
          fc.array(change, { maxLength: 40, size: 'max' }),
          fc.array(text, { minLength: 1, maxLength: 3 }),
          threshold,
          fc.integer({ min: 0, max: 12 }),
          (changes, queries, limit, topK) => {
            const index = create(mode);
            const oracle = new OracleIndex(mode);
            const pool = apply([index, oracle], changes);
            for (const query of [...queries, ...pool.slice(-2)])
              expectSame(index, oracle, query, topK, limit);
          },
        ),
        { numRuns: 500, ...AS_FOUND },
      );
    },
    120_000,
  );

  it('gives the same on pools with many members of one length and frequent words', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.array(text, { minLength: 1, maxLength: 3 }),
        threshold,
        (length, seed, queries, limit) => {
          const index = create('ascii');
          const oracle = new OracleIndex('ascii');
          let state = seed;
          const below = (n: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 1) % n;
          const changes: Change[] = [];
          for (let i = 0; i < 400; i++) {
            const parts = Array.from({ length: length + below(3) }, () =>
              'w'.repeat(1 + Math.min(below(9), below(9))),
            );
            changes.push(
              i % 9 === 8 ? { kind: 'remove', at: below(1000) } : { kind: 'add', text: parts.join(' ') },
            );
          }
          const pool = apply([index, oracle], changes);
          for (const query of [...queries, pool[below(pool.length)]!])
            expectSame(index, oracle, query, 10, limit);
        },
      ),
      { numRuns: 60, ...AS_FOUND },
    );
  });
});

describe('WebAssembly index', { timeout: 120_000 }, () => {
  it('compares many texts in one pass as one by one, also when some of them join', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30, size: 'max' }),
        fc.array(fc.tuple(text, fc.boolean()), { maxLength: 70, size: 'max' }),
        (changes, queries) => {
          const texts = queries.map(([query]) => query);
          const join: Join = (_, i) => (queries[i]![1] ? id(10_000 + i) : null);
          const [index, other] = [wasm('unicode'), wasm('unicode')];
          apply([index, other], changes);
          expect(index.compareAll(texts, 10)).toEqual(texts.map((query) => index.compare(query, 10)));
          expect(index.compareAll(texts, 10, join)).toEqual(compareOneByOne(other, texts, 10, join));
          expect(index.size).toBe(other.size);
        },
      ),
      { numRuns: 200, ...AS_FOUND },
    );
  });

  it.each(['ascii', 'unicode'] as const)('is the same after storing and restoring, %s words', (mode) => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40, size: 'max' }),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        (changes, queries) => {
          const index = wasm(mode);
          apply([index], changes);
          const restored = WasmIndex.restore(structuredClone(index.store()))!;
          for (const query of queries) {
            const got = restored.compare(query, 10);
            expect(got).toEqual(index.compare(query, 10));
            restored.add(id(-1), query);
            expect(restored.compare(query, 1).nearest[0]?.rougeL).toBe(
              Math.max(got.max, restored.compare(query, 1).max),
            );
            restored.remove(id(-1));
            expect(restored.compare(query, 10)).toEqual(got);
          }
        },
      ),
      { numRuns: 300, ...AS_FOUND },
    );
  });

  it('refuses a stored pool that does not fit its vocabulary', () => {
    const index = wasm('ascii');
    index.add(id(0), 'name three birds');
    const stored = index.store();
    expect(() => WasmIndex.restore({ ...stored, words: 'name\u0000' })).toThrow(RangeError);
    expect(() => WasmIndex.restore({ ...stored, members: stored.members.slice(0, 2) })).toThrow(RangeError);
    expect(() => WasmIndex.restore({ ...stored, ids: [] })).toThrow(RangeError);
  });

  it('gives memory back when members go', () => {
    const index = wasm('ascii');
    const fill = () => {
      for (let i = 0; i < 4000; i++)
        index.add(id(i), `name ${i} birds that live near lake ${i % 97} and say why`);
    };
    fill();
    const { bytes } = index;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 4000; i++) index.remove(id(i));
      expect(index.size).toBe(0);
      fill();
    }
    // Numbers are not given again, their records stay; all else is reused.
    expect(index.bytes - bytes).toBeLessThan(1.5 * 2 ** 20);
  });
});
