/**
 * MLC's four-bit groups (q4f16_1, q4f32_1): 32 neighbours of a row share a scale, each is a whole number from -7 to 7
 * times it, stored plus 7 as four bits, eight to a word, lowest bits first. The scale is the largest size over 7. For
 * q4f16_1 the scale is made a half before numbers are divided by it, so that they are nearest to what will be read.
 */
import { badFile } from './bad-file';
import { roundToHalf } from './half-floats';
import { WORDS } from './words';

/** Numbers that share a scale. */
export const GROUP = 32;
const LARGEST = 7;
const PER_WORD = 8;

/** A matrix with 4 bits per weight, 8 to a word, and a scale for each group. */
export interface Quantised {
  /** [rows, groups of a row * 4] */
  readonly words: Uint32Array<ArrayBuffer>;
  /** [rows, groups of a row] */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * @param weights [rows, columns]; groups do not cross rows; the last of a row may be shorter.
 * @param name Of the tensor, for the message.
 * @throws AppError bad-file when a value is NaN, or a scale is too large for F16
 */
export function quantise(
  weights: Float32Array<ArrayBuffer>,
  columns: number,
  scaleType: 'F16' | 'F32',
  name: string,
): Quantised {
  const rows = weights.length / columns;
  const groups = Math.ceil(columns / GROUP);
  const words = new Uint32Array(rows * groups * (GROUP / PER_WORD));
  const scales = new Float32Array(rows * groups);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      const from = row * columns + group * GROUP;
      const members = weights.subarray(from, Math.min(from + GROUP, (row + 1) * columns));
      let largest = 0;
      // Math.max keeps NaN.
      for (const value of members) largest = Math.max(largest, Math.abs(value));
      const scale = scaleType === 'F16' ? roundToHalf(largest / LARGEST) : Math.fround(largest / LARGEST);
      if (!Number.isFinite(scale)) throw badFile(WORDS.tensor.notQuantisable(name));
      const at = row * groups + group;
      scales[at] = scale;
      packGroup(members, scale, words, at * (GROUP / PER_WORD));
    }
  }
  return { words, scales };
}

/** Unused places at the end of a short group stay 0, as in MLC's own files. */
function packGroup(members: Float32Array, scale: number, words: Uint32Array, firstWord: number): void {
  for (const [i, value] of members.entries()) {
    const steps = scale === 0 ? 0 : Math.min(LARGEST, Math.max(-LARGEST, Math.round(value / scale)));
    const word = firstWord + Math.floor(i / PER_WORD);
    words[word] = ((words[word] ?? 0) | ((steps + LARGEST) << ((i % PER_WORD) * 4))) >>> 0;
  }
}
