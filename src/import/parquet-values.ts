/**
 * The encodings of Parquet that can stand for more values than they have bytes. The library's own decoders follow the
 * counts in the file; these stop at the number of values that the page states.
 * Source: the Parquet format's Encodings.md.
 */
import type { DataReader } from 'hyparquet';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

/**
 * Runs of equal values mixed with bit-packed ones (RLE). Leaves the reader behind them.
 * @param width bits of a value, 0 to 32
 * @param count values; was counted against the budget
 * @param length bytes; null when the data begin with their length
 * @throws RangeError when the data end before the values do
 */
export function readRuns(reader: DataReader, width: number, count: number, length: number | null): number[] {
  if (width > 32) throw new RangeError('a value has more than 32 bits');
  const size = length ?? reader.view.getUint32(reader.offset, true);
  if (length === null) reader.offset += 4;
  const begin = reader.offset;
  const values: number[] = new Array<number>(count);
  let seen = 0;
  while (seen < count) {
    const head = readVarInt(reader);
    const packed = (head & 1) === 1;
    const run = (head >>> 1) * (packed ? 8 : 1);
    const taken = Math.min(run, count - seen);
    if (packed) {
      readPacked(reader, width, values, seen, taken);
      reader.offset += (head >>> 1) * width - Math.ceil((taken * width) / 8);
    } else values.fill(readWhole(reader, width), seen, seen + taken);
    seen += taken;
  }
  // Some writers leave unused bytes behind the last run.
  reader.offset = begin + size;
  return values;
}

/** A number of as many bytes as its bits need. */
function readWhole(reader: DataReader, width: number): number {
  let value = 0;
  for (let bit = 0; bit < width; bit += 8) value |= reader.view.getUint8(reader.offset++) << bit;
  return value >>> 0;
}

/** Values of `width` bits side by side, the lowest bits first. Leaves the reader behind the last byte that is used. */
function readPacked(reader: DataReader, width: number, values: number[], from: number, count: number): void {
  const { view, offset } = reader;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let have = 0;
    let bit = i * width;
    while (have < width) {
      const part = Math.min(8 - (bit % 8), width - have);
      const bits = (view.getUint8(offset + Math.floor(bit / 8)) >>> (bit % 8)) & ((1 << part) - 1);
      value += bits * 2 ** have;
      have += part;
      bit += part;
    }
    values[from + i] = value;
  }
  reader.offset = offset + Math.ceil((count * width) / 8);
}

/** Differences of numbers (DELTA_BINARY_PACKED). A block without values would never come to an end. */
export function readDifferences(reader: DataReader, values: Int32Array | BigInt64Array): void {
  if (values.length === 0) return;
  const ahead = { view: reader.view, offset: reader.offset };
  const block = readVarInt(ahead);
  const parts = readVarInt(ahead);
  // Each part of a block has a byte for its width.
  const most = Math.min(block, reader.view.byteLength - ahead.offset);
  if (parts <= 0 || parts > most || block % parts !== 0) throw new RangeError('wrong blocks');
  deltaBinaryUnpack(reader, values.length, values);
}

/** Byte arrays by their lengths, one after another (DELTA_LENGTH_BYTE_ARRAY). */
export function readByLength(reader: DataReader, count: number): Uint8Array[] {
  const lengths = new Int32Array(count);
  readDifferences(reader, lengths);
  return Array.from(lengths, (length) => take(reader, length));
}

/**
 * Byte arrays that begin like the one before them (DELTA_BYTE_ARRAY).
 * @param unpack is told of the bytes before they are copied, as a short text may repeat a long one any number of times
 */
export function readByPrefix(
  reader: DataReader,
  count: number,
  unpack: (bytes: number) => void,
): Uint8Array[] {
  const shared = new Int32Array(count);
  readDifferences(reader, shared);
  const lengths = new Int32Array(count);
  readDifferences(reader, lengths);
  let before = new Uint8Array(0);
  return Array.from(lengths, (length, i) => {
    const prefix = shared[i] ?? 0;
    if (prefix < 0 || prefix > before.length) throw new RangeError('a prefix is longer than its text');
    const rest = take(reader, length);
    unpack(prefix + length);
    const whole = new Uint8Array(prefix + length);
    whole.set(before.subarray(0, prefix));
    whole.set(rest, prefix);
    before = whole;
    return whole;
  });
}

function take(reader: DataReader, length: number): Uint8Array {
  const { view, offset } = reader;
  if (length < 0 || offset + length > view.byteLength) throw new RangeError('a text ends behind its page');
  reader.offset += length;
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
