/**
 * Numbers as ggml stores them in GGUF files, and back. A quantised block is 32 neighbours of a row: Q8_0 a scale and
 * signed bytes, Q4_0 a scale and 4 bits less 8, Q4_1 a scale, a least value and 4 bits, Q5_0 and Q5_1 the same with a
 * fifth bit apart. Scales are halves. Of 4 bits, the lower halves of 16 bytes are the first 16 numbers, the upper ones
 * the last. Source: ggml-quants.c.
 */
import { badFile } from './bad-file';
import { fromBfloat, fromHalf, roundToHalf, toHalf } from './half-floats';
import { WORDS } from './words';

/** The types that the trainer keeps as they are. */
export type NumberType = 'F32' | 'F16' | 'Q8_0' | 'Q4_0' | 'Q4_1';
/** All types that can be read here. */
export type ReadableType = NumberType | 'BF16' | 'Q5_0' | 'Q5_1';

/** Numbers of a block, and its bytes. */
const BLOCKS: Readonly<Record<ReadableType, readonly [numbers: number, bytes: number]>> = {
  F32: [1, 4],
  F16: [1, 2],
  BF16: [1, 2],
  Q4_0: [32, 18],
  Q4_1: [32, 20],
  Q5_0: [32, 22],
  Q5_1: [32, 24],
  Q8_0: [32, 34],
};
const BY_NUMBER: ReadonlyMap<number, ReadableType> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [6, 'Q5_0'],
  [7, 'Q5_1'],
  [8, 'Q8_0'],
  [30, 'BF16'],
]);

/** The type that ggml numbers so; null for one that cannot be read here. */
export const typeOfNumber = (number: number): ReadableType | null => BY_NUMBER.get(number) ?? null;

/** Bytes of so many numbers. */
export const storedBytes = (type: ReadableType, count: number): number => {
  const [numbers, bytes] = BLOCKS[type];
  return (count / numbers) * bytes;
};

/** Stored numbers as floats. @param bytes whole blocks */
export function widen(type: ReadableType, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const [numbers, size] = BLOCKS[type];
  const out = new Float32Array((bytes.length / size) * numbers);
  switch (type) {
    case 'F32':
      new Uint8Array(out.buffer).set(bytes);
      break;
    case 'F16':
    case 'BF16':
      // Copied, because 16-bit numbers must lie at an even address.
      (type === 'F16' ? fromHalf : fromBfloat)(new Uint16Array(bytes.slice().buffer), out);
      break;
    default:
      widenBlocks(type, bytes, out);
  }
  return out;
}

function widenBlocks(
  type: Exclude<ReadableType, 'F32' | 'F16' | 'BF16'>,
  bytes: Uint8Array<ArrayBuffer>,
  out: Float32Array<ArrayBuffer>,
): void {
  const [numbers, size] = BLOCKS[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = new Float32Array(2);
  const halves = new Uint16Array(2);
  const withLeast = type === 'Q4_1' || type === 'Q5_1';
  const withFifth = type === 'Q5_0' || type === 'Q5_1';
  const shift = type === 'Q4_0' ? 8 : type === 'Q5_0' ? 16 : 0;
  for (let block = 0; block * size < bytes.length; block++) {
    const at = block * size;
    const to = block * numbers;
    halves[0] = view.getUint16(at, true);
    halves[1] = withLeast ? view.getUint16(at + 2, true) : 0;
    fromHalf(halves, half);
    const scale = half[0] as number;
    const least = half[1] as number;
    if (type === 'Q8_0') {
      for (let i = 0; i < 32; i++) out[to + i] = scale * view.getInt8(at + 2 + i);
      continue;
    }
    const fifthAt = at + (withLeast ? 4 : 2);
    const fifth = withFifth ? view.getUint32(fifthAt, true) : 0;
    const quarters = fifthAt + (withFifth ? 4 : 0);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[quarters + i] as number;
      const low = (byte & 15) | (((fifth >>> i) & 1) << 4);
      const high = (byte >> 4) | (((fifth >>> (i + 16)) & 1) << 4);
      out[to + i] = scale * (low - shift) + least;
      out[to + 16 + i] = scale * (high - shift) + least;
    }
  }
}

/**
 * Floats as Q8_0: the largest size of a block becomes 127.
 * @param values whole blocks of 32
 * @param name of the tensor, for the message
 * @throws AppError bad-file when a value is not a number, or a scale is too large for a half
 */
export function narrowToQ8(values: Float32Array<ArrayBuffer>, name: string): Uint8Array<ArrayBuffer> {
  const blocks = values.length / 32;
  const out = new Uint8Array(blocks * 34);
  const view = new DataView(out.buffer);
  const scale = new Float32Array(1);
  for (let block = 0; block < blocks; block++) {
    let largest = 0;
    for (let i = 0; i < 32; i++) {
      // Math.max keeps NaN.
      largest = Math.max(largest, Math.abs(values[block * 32 + i] as number));
    }
    scale[0] = largest / 127;
    if (!Number.isFinite(roundToHalf(scale[0]))) throw badFile(WORDS.tensor.notQuantisable(name));
    view.setUint16(block * 34, toHalf(scale)[0] as number, true);
    const inverse = scale[0] === 0 ? 0 : Math.fround(1 / scale[0]);
    for (let i = 0; i < 32; i++) {
      const steps = Math.fround((values[block * 32 + i] as number) * inverse);
      // Halves away from zero, as C rounds.
      view.setInt8(block * 34 + 2 + i, Math.sign(steps) * Math.floor(Math.abs(steps) + 0.5));
    }
  }
  return out;
}
