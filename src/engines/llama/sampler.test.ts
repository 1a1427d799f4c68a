import { describe, expect, it } from 'vitest';
import type { Decoding } from '../../core/run';
import { Sampler } from './sampler';

const plain: Decoding = { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0, maxTokens: 9 };
/** Logits of given probabilities, with exact exponentials. */
function logits(probabilities: readonly number[]) {
  const values = Float32Array.from(probabilities, Math.log);
  const powers = (factor: number): number => {
    const largest = Math.max(...values);
    let sum = 0;
    for (const [i, value] of values.entries()) sum += values[i] = Math.exp((value - largest) * factor);
    return sum;
  };
  return { values, powers };
}
/** How often each token comes among the first draws of different seeds. */
function shares(decoding: Partial<Decoding>, probabilities: readonly number[], draws = 20_000): number[] {
  const counts = probabilities.map(() => 0);
  for (let seed = 0; seed < draws; seed++) {
    const token = new Sampler({ ...plain, ...decoding }, seed * 7919).next(logits(probabilities));
    counts[token]!++;
  }
  return counts.map((count) => count / draws);
}
const close = (found: readonly number[], expected: readonly number[]): void => {
  for (const [i, share] of expected.entries()) expect(found[i]).toBeCloseTo(share, 1.5);
};

describe('a draw', () => {
  it('follows the probabilities', () => close(shares({}, [0.5, 0.3, 0.2]), [0.5, 0.3, 0.2]));
  it('follows the temperature', () => {
    const squared = [0.25, 0.09, 0.04].map((one) => one / 0.38);
    close(shares({ temperature: 0.5 }, [0.5, 0.3, 0.2]), squared);
  });
  it('is among the likeliest that reach top-p, that one included which reaches it', () => {
    close(shares({ topP: 0.6 }, [0.2, 0.5, 0.3]), [0, 0.625, 0.375]);
    close(shares({ topP: 0.5 }, [0.2, 0.5, 0.3]), [0, 1, 0]);
    close(shares({ topP: 0.01 }, [0.2, 0.3, 0.5]), [0, 0, 1]);
    // Hundreds of equal tokens are above no useful bound.
    const flat = new Array<number>(1000).fill(0.001);
    const drawn = shares({ topP: 0.9 }, flat, 5_000).flatMap((share, token) => (share > 0 ? [token] : []));
    expect(drawn.length).toBeGreaterThan(800);
    expect(Math.max(...drawn)).toBeLessThan(905);
  });
  it('is the largest at temperature 0, the first of several', () => {
    expect(new Sampler({ ...plain, temperature: 0 }, 1).next(logits([0.2, 0.4, 0.4]))).toBe(1);
  });
  it('of what is no number is refused, not made up', () => {
    const failure = expect.objectContaining({ kind: 'engine-failed' }) as object;
    for (const broken of [
      [NaN, 0.5],
      [0.5, NaN, 0.1],
      [NaN, NaN],
      [0.5, Infinity],
    ]) {
      for (const decoding of [plain, { ...plain, topP: 0.5 }, { ...plain, temperature: 0 }]) {
        const draw = (): number => new Sampler(decoding, 1).next(logits(broken));
        expect(draw).toThrow(expect.objectContaining({ failure }) as Error);
      }
    }
  });
  it('is the same for the same seed', () => {
    const draw = (seed: number): number[] => {
      const sampler = new Sampler(plain, seed);
      return Array.from({ length: 50 }, () => sampler.next(logits([0.4, 0.3, 0.2, 0.1])));
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });
});

describe('penalties', () => {
  const greedy = { ...plain, temperature: 0 };
  const five = (decoding: Decoding, probabilities: readonly number[]): number[] => {
    const sampler = new Sampler(decoding, 1);
    return Array.from({ length: 5 }, () => sampler.next(logits(probabilities)));
  };
  it('take what was written once, however often', () => {
    // A penalty of 2 divides odds by 7.4, once for each token that was written.
    expect(five({ ...greedy, presencePenalty: 2 }, [0.6, 0.3, 0.1])).toEqual([0, 1, 2, 0, 0]);
  });
  it('take it for each time', () => {
    expect(five({ ...greedy, frequencyPenalty: 2 }, [0.6, 0.3, 0.1])).toEqual([0, 1, 2, 0, 1]);
  });
});
