import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tooSimilar } from '../filters/instruction-filters';
import type { TaskId } from '../task';
import { FastIndex } from './fast-index';
import { OracleIndex } from './oracle-index';
import type { ThresholdEdge } from './pool-index';
import { rougeL } from './rouge-l';
import { tokenize } from './tokenize';
import { buildWhatIf, WhatIf } from './what-if';

const text = fc
  .array(fc.constantFrom('name', 'three', 'birds', 'the', 'a', 'of', 'list', 'write', 'why'), {
    maxLength: 8,
  })
  .map((words) => words.join(' '));

const whatIfOf = (seeds: readonly string[], candidates: readonly string[]): WhatIf =>
  new WhatIf(buildWhatIf(new FastIndex('ascii'), { mode: 'ascii', seeds, candidates, floor: 0.3 }));

/** The run again with another threshold, by the oracle. */
function rerun(
  seeds: readonly string[],
  candidates: readonly string[],
  threshold: number,
  edge: ThresholdEdge,
) {
  const index = new OracleIndex('ascii');
  for (const seed of seeds) index.add('seed' as TaskId, seed);
  return candidates.map((candidate) => {
    if (tooSimilar(index.compare(candidate, 1).max, threshold, edge)) return 0;
    index.add('kept' as TaskId, candidate);
    return 1;
  });
}

describe('what another threshold would have kept', () => {
  it('is what the run would have kept, for every threshold and both edges', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 4 }),
        fc.array(text, { maxLength: 25, size: 'max' }),
        fc.array(fc.double({ min: 0.3, max: 1, noNaN: true }), { maxLength: 3 }),
        (seeds, candidates, drawn) => {
          const whatIf = whatIfOf(seeds, candidates);
          // Up and down, since a slider goes both ways; scores that occur are edges.
          for (const threshold of [0.3, ...drawn, 0.4, 0.5, 2 / 3, 0.7, 0.75, 0.8, 1, 0.5, 0.3]) {
            for (const edge of ['above', 'from'] as const) {
              const { kept, flags } = whatIf.refilter(threshold, edge);
              const want = rerun(seeds, candidates, threshold, edge);
              expect([...flags], `${edge} ${threshold}`).toEqual(want);
              expect(kept).toBe(want.filter((flag) => flag === 1).length);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  it('names the nearest of those that reject', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 4 }),
        fc.array(text, { maxLength: 25, size: 'max' }),
        fc.constantFrom(0.3, 0.5, 2 / 3, 0.7, 0.8, 1),
        fc.constantFrom('above' as const, 'from' as const),
        (seeds, candidates, threshold, edge) => {
          const whatIf = whatIfOf(seeds, candidates);
          const { flags } = whatIf.refilter(threshold, edge);
          const index = new OracleIndex('ascii');
          for (const seed of seeds) index.add('seed' as TaskId, seed);
          for (const [i, candidate] of candidates.entries()) {
            const rejecter = whatIf.rejecter(i);
            if (flags[i] === 1) {
              expect(rejecter).toBeNull();
              index.add('kept' as TaskId, candidate);
              continue;
            }
            expect(rejecter?.score).toBe(index.compare(candidate, 1).max);
            const by = rejecter?.kind === 'seed' ? seeds : candidates;
            const words = (one: string): string[] => tokenize(one, 'ascii');
            const { fmeasure } = rougeL(words(candidate), words(by[rejecter?.position ?? -1] ?? ''));
            expect(fmeasure).toBe(rejecter?.score);
            if (rejecter?.kind === 'candidate') expect(flags[rejecter.position]).toBe(1);
          }
        },
      ),
      // Between a rejected candidate and its twin something nearer was kept.
      {
        numRuns: 200,
        examples: [[['name name'], ['write name why', 'write', 'write name why'], 0.3, 'above']],
      },
    );
  }, 60_000);

  it('refuses thresholds that it has no pairs for', () => {
    const whatIf = whatIfOf([], ['name a bird']);
    expect(() => whatIf.refilter(0.29, 'above')).toThrow(RangeError);
    expect(() => whatIf.refilter(Number.NaN, 'above')).toThrow(RangeError);
  });
});
