/** One case: a file of some format, damaged in a way that its seed and number decide, and read. */
import { AppError } from '../src/core/errors';
import { deriveSeed, Random } from '../src/core/random';
import type { Format } from './formats';
import { damaged } from './mutations';

export interface FuzzCase {
  readonly format: Format;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The same for the same numbers, whatever else was made before. */
export function caseOf(all: readonly Format[], seed: number, index: number): FuzzCase {
  const random = new Random(deriveSeed('fuzz', seed, index));
  const format = all[index % all.length] as Format;
  const other = all[random.below(all.length)] as Format;
  const pick = ({ samples }: Format): Uint8Array<ArrayBuffer> =>
    samples[random.below(samples.length)] as Uint8Array<ArrayBuffer>;
  return { format, bytes: damaged(pick(format), format.kind, pick(other), random) };
}

/**
 * Reads the file as the app does. What is wrong with it may be told; anything else is a finding.
 * @returns the finding, or null
 */
export async function findingOf({ format, bytes }: FuzzCase): Promise<string | null> {
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  try {
    await format.read(new File([bytes], 'fuzz.bin'));
  } catch (error) {
    const told = error instanceof AppError && error.failure.kind !== 'unexpected';
    if (!told) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return Object.getOwnPropertyNames(Object.prototype).length === before ? null : 'a prototype was changed';
}
