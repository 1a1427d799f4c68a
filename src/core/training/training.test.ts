import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchPlan, batchLengths, layOut } from './batches';
import { STANDARD_MODEL } from '../models/standard-model';
import { defaultConfig } from './defaults';
import { type EncodedExample, encodeExample, type TokenIds } from './encoding';
import { learningRateAt } from './schedule';
import { LORA_TARGETS } from './training';

const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 });
const examplesOf = (lengths: readonly number[]): EncodedExample[] =>
  lengths.map((size, i) => ({
    ids: Array.from({ length: size + 1 }, (_, at) => 1000 * i + at),
    completionStart: Math.max(1, size >> 1),
  }));

describe('the learning rate', () => {
  it('rises straight, is highest at the end of the warm-up, and ends at a tenth', () => {
    const config = { learningRate: 2, warmupShare: 0.1 };
    const rates = Array.from({ length: 50 }, (_, i) => learningRateAt(config, i + 1, 50));
    expect(rates.slice(0, 5).map((rate) => rate.toFixed(6))).toEqual(
      [0.4, 0.8, 1.2, 1.6, 2].map((rate) => rate.toFixed(6)),
    );
    for (let i = 5; i < 50; i++) expect(rates[i]).toBeLessThan(rates[i - 1] ?? 0);
    expect(rates.at(-1)).toBeCloseTo(0.2, 12);
    expect(learningRateAt({ learningRate: 1, warmupShare: 0 }, 1, 1)).toBeCloseTo(0.1, 12);
  });
});

describe('lengths of batches', () => {
  it('are few multiples of 16 that hold every example, and pad least', () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const chosen = batchLengths(lengths);
        expect(chosen.length).toBeLessThanOrEqual(4);
        expect(chosen.every((length) => length % 16 === 0)).toBe(true);
        expect([...chosen].sort((a, b) => a - b)).toEqual(chosen);
        const cost = (of: readonly number[]): number =>
          lengths.reduce((sum, size) => sum + (of.find((length) => length >= size) ?? Infinity), 0);
        // No other choice of two borders below the top is cheaper.
        const top = Math.max(...chosen);
        for (let low = 16; low < top; low += 16) {
          for (let middle = low; middle < top; middle += 48) {
            expect(cost(chosen)).toBeLessThanOrEqual(cost([low, middle, top]));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a plan of batches', () => {
  it('shows every example once in an epoch, in batches of its length, the same for the same seed', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.nat(), (lengths, batchSize, seed) => {
        const examples = examplesOf(lengths);
        const plan = new BatchPlan(examples, batchSize, seed);
        const again = new BatchPlan(examples, batchSize, seed);
        for (const epoch of [0, 1]) {
          const batches = plan.epoch(epoch);
          expect(batches).toHaveLength(plan.stepsPerEpoch);
          expect(again.epoch(epoch)).toEqual(batches);
          const seen = batches.flatMap((batch) => batch.examples).sort((a, b) => a - b);
          expect(seen).toEqual(examples.map((_, i) => i));
          for (const batch of batches) {
            for (const i of batch.examples) expect(lengths[i]).toBeLessThanOrEqual(batch.length);
          }
          expect(batches.filter((batch) => batch.examples.length < batchSize).length).toBeLessThanOrEqual(1);
          expect(again.at(epoch * plan.stepsPerEpoch + 1)).toEqual(batches[0]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('shows equally many examples at each step when it is filled, each of them in every epoch', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.nat(), (lengths, batchSize, seed) => {
        const plan = new BatchPlan(examplesOf(lengths), batchSize, seed, { filled: true });
        const batches = plan.epoch(0);
        expect(batches).toHaveLength(plan.stepsPerEpoch);
        for (const batch of batches) {
          expect(batch.examples).toHaveLength(batchSize);
          for (const i of batch.examples) expect(lengths[i]).toBeLessThanOrEqual(batch.length);
        }
        expect(new Set(batches.flatMap(({ examples }) => examples)).size).toBe(lengths.length);
      }),
      { numRuns: 100 },
    );
  });

  it('uses lengths that are known already as far as they reach', () => {
    expect(new BatchPlan(examplesOf([5, 40, 90]), 2, 1, { known: [32, 64] }).lengths).toEqual([32, 64, 96]);
    expect(new BatchPlan(examplesOf([5, 40]), 2, 1, { known: [32, 64] }).lengths).toEqual([32, 64]);
  });
});

describe('a batch as numbers', () => {
  it('pads rows, and asks each completion token at the position before it', () => {
    const examples: EncodedExample[] = [
      { ids: [5, 6, 7, 8], completionStart: 2 },
      { ids: [9, 4], completionStart: 1 },
    ];
    const { tokens, positions, targets, tokenCount } = layOut({ examples: [0, 1], length: 4 }, 3, examples);
    expect([...tokens]).toEqual([5, 6, 7, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
    expect([...positions]).toEqual([1, 2, 4]);
    expect([...targets]).toEqual([7, 8, 4]);
    expect(tokenCount).toBe(4);
  });
});

describe('an example as tokens', () => {
  const tokens: TokenIds = {
    encodePrompt: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
    encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
    endId: 0,
    endText: '<end>',
  };
  it('ends with the one end token of the model, whether the text has it or not', () => {
    const wanted = { ids: [65, 66, 67, 0], completionStart: 1 };
    expect(encodeExample({ prompt: 'A', completion: 'BC<end>' }, tokens)).toEqual(wanted);
    expect(encodeExample({ prompt: 'A', completion: 'BC' }, tokens)).toEqual(wanted);
  });
  it('begins with the end token when the prompt is empty', () => {
    expect(encodeExample({ prompt: '', completion: 'B' }, tokens)).toEqual({
      ids: [0, 66, 0],
      completionStart: 1,
    });
  });
});

describe('values to begin with', () => {
  it('are two epochs, as in the paper, and gentler for models that are not the built-in one', () => {
    for (const kind of ['full', 'lora'] as const) {
      const own = defaultConfig('built-in-0.1', kind);
      const other = defaultConfig('smollm2', kind);
      expect([own.epochs, other.epochs, own.method.kind, other.method.kind]).toEqual([2, 2, kind, kind]);
      expect(other.learningRate).toBeLessThan(own.learningRate);
    }
  });
  it('train the standard model on all matrices of all layers', () => {
    const { method, learningRate } = defaultConfig(STANDARD_MODEL.id, 'lora');
    expect(method).toEqual({ kind: 'lora', rank: 8, alpha: 16, targets: LORA_TARGETS });
    expect(learningRate).toBe(5e-4);
  });
});
