/**
 * Draws tokens: penalties, temperature and top-p as in OpenAI's API, which the paper used. Sums, products and comparisons
 * only (exponentials come from the engine), so that every machine draws the same.
 */
import { AppError } from '../../core/errors';
import type { Decoding } from '../../core/run';
import { Random } from '../../core/random';
import { WORDS } from '../words';
import type { NextLogits } from './scheduler';

export class Sampler {
  readonly #decoding: Decoding;
  readonly #random: Random;
  readonly #counts = new Map<number, number>();

  /** @param seed 32-bit unsigned */
  constructor(decoding: Decoding, seed: number) {
    this.#decoding = decoding;
    this.#random = new Random(seed);
  }

  /**
   * Chooses a token; the logits are used up.
   * @throws AppError engine-failed when they are no numbers, as broken arithmetic gives: any token would be made up
   */
  next(logits: NextLogits): number {
    const { temperature, topP, frequencyPenalty, presencePenalty } = this.#decoding;
    const { values } = logits;
    for (const [token, count] of this.#counts) {
      values[token] = (values[token] as number) - presencePenalty - frequencyPenalty * count;
    }
    const token = temperature > 0 ? this.#draw(logits, temperature, topP) : likeliest(values);
    this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    return token;
  }

  #draw(logits: NextLogits, temperature: number, topP: number): number {
    const sum = logits.powers(1 / temperature);
    // Whatever is not a number makes the sum one that is not.
    mustBeNumber(sum);
    const { values } = logits;
    const [tokens, mass] = topP < 1 ? nucleus(values, topP * sum) : [null, sum];
    let left = this.#random.next() * mass;
    if (!tokens) {
      for (let token = 0; token < values.length; token++) {
        left -= values[token] as number;
        if (left < 0) return token;
      }
      return largest(values);
    }
    for (const token of tokens) {
      left -= values[token] as number;
      if (left < 0) return token;
    }
    return tokens[0] as number;
  }
}

/** The likeliest tokens that together reach `wanted`, likeliest first, and what they reach. */
function nucleus(powers: Float32Array, wanted: number): readonly [number[], number] {
  // Few tokens are needed as a rule: those above a bound, which is lowered until they suffice. The largest power is 1.
  let likely: number[] = [];
  for (let bound = 1 / 16; bound > 1e-12; bound /= 256) {
    likely = [];
    let mass = 0;
    for (let token = 0; token < powers.length; token++) {
      const power = powers[token] as number;
      if (power < bound) continue;
      likely.push(token);
      mass += power;
    }
    if (mass >= wanted) break;
  }
  likely.sort((a, b) => (powers[b] as number) - (powers[a] as number) || a - b);
  let mass = 0;
  let count = 0;
  while (count < likely.length && (mass < wanted || count === 0)) {
    mass += powers[likely[count] as number] as number;
    count++;
  }
  return [likely.slice(0, count), mass];
}

function likeliest(logits: Float32Array): number {
  const token = largest(logits);
  mustBeNumber(logits[token] as number);
  return token;
}

function mustBeNumber(value: number): void {
  if (!Number.isFinite(value)) throw new AppError({ kind: 'engine-failed', detail: WORDS.cpu.noNumbers });
}

/** The place of the largest; of the first that is not a number, where there is one. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) return i;
    if (value > (values[best] as number)) best = i;
  }
  return best;
}
