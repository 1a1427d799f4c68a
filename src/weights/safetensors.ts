/**
 * Reads and writes safetensors: a length, a JSON header, then the tensors one after another, little-endian. Source: the
 * format's own specification. Files are not trusted: everything in the header is checked against the size of the file, and
 * tensors must fill it without gaps or overlaps, as in the reference reader.
 */
import * as v from 'valibot';
import { badFile } from './bad-file';
import { fromBfloat, fromHalf } from './half-floats';
import type { LlamaWeights, StoredNumbers } from './llama-weights';
import { WORDS } from './words';

/** Bytes per number. */
const ITEM_BYTES = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
/** The format's names of number types. */
export type TensorType = keyof typeof ITEM_BYTES;

/** A tensor of a file that was read: its type, and where its bytes lie. */
export interface StoredTensor {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  /** First byte in `file`, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  /** The file it lies in: models may come in several. */
  readonly file: Blob;
}
/** A tensor with its bytes, row by row, little-endian. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: TensorType;
  readonly bytes: Uint8Array<ArrayBuffer> | Blob;
}

/** Headers of the largest models take a few hundred kilobytes. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const MAX_TENSORS = 100_000;
/** Half floats are widened in pieces of so many bytes, so that the narrow copy stays small. */
const PIECE = 4 * 1024 * 1024;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Entry = v.object({
  dtype: v.string(),
  shape: v.pipe(v.array(natural), v.maxLength(16)),
  data_offsets: v.tuple([natural, natural]),
});
const Metadata = v.record(v.string(), v.string());

const isTensorType = (name: string): name is TensorType => Object.hasOwn(ITEM_BYTES, name);
/** Not a safe integer when the shape is absurd. */
const bytesOf = (shape: readonly number[], dtype: TensorType): number =>
  shape.reduce((product, side) => product * side, ITEM_BYTES[dtype]);

/** The tensors of a model, in one file or in several. Nothing but the headers is in memory. */
export class SafetensorsFile implements LlamaWeights {
  constructor(
    readonly tensors: ReadonlyMap<string, StoredTensor>,
    readonly metadata: ReadonlyMap<string, string>,
  ) {}

  /** @throws AppError bad-file when there is no such tensor */
  tensor(name: string): StoredTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw badFile(WORDS.tensor.missing(name));
    return tensor;
  }

  names(): Iterable<string> {
    return this.tensors.keys();
  }

  shape(name: string): readonly number[] {
    return this.tensor(name).shape;
  }

  /** The bytes as they are stored; nothing is read yet. @throws AppError bad-file when there is no such tensor */
  bytes(name: string): Blob {
    const { file, start, end } = this.tensor(name);
    return file.slice(start, end);
  }

  /**
   * One tensor as 32-bit floats, row by row.
   * @throws AppError bad-file when it is missing, cannot be read, or holds no F32, F16 or BF16
   */
  async readTensor(name: string): Promise<Float32Array<ArrayBuffer>> {
    const { dtype } = this.tensor(name);
    const bytes = this.bytes(name);
    if (dtype === 'F32') return new Float32Array(await buffer(bytes));
    if (dtype !== 'F16' && dtype !== 'BF16') {
      throw badFile(WORDS.tensor.otherType(name, dtype));
    }
    const out = new Float32Array(bytes.size / 2);
    for (let at = 0; at < bytes.size; at += PIECE) {
      const piece = new Uint16Array(await buffer(bytes.slice(at, at + PIECE)));
      (dtype === 'F16' ? fromHalf : fromBfloat)(piece, out, at / 2);
    }
    return out;
  }

  async readStored(name: string): Promise<StoredNumbers> {
    const { dtype } = this.tensor(name);
    if (dtype === 'F32' || dtype === 'F16') {
      return { type: dtype, bytes: new Uint8Array(await buffer(this.bytes(name))) };
    }
    return { type: 'F32', bytes: new Uint8Array((await this.readTensor(name)).buffer) };
  }
}

async function buffer(blob: Blob): Promise<ArrayBuffer> {
  let bytes: ArrayBuffer;
  try {
    bytes = await blob.arrayBuffer();
  } catch (error) {
    throw badFile(WORDS.safetensors.gone, error);
  }
  if (bytes.byteLength !== blob.size) throw badFile(WORDS.safetensors.ended);
  return bytes;
}

/** @throws AppError bad-file when it is not a safetensors file, is incomplete, or its header does not match it */
export async function readSafetensors(blob: Blob): Promise<SafetensorsFile> {
  if (blob.size < 10) throw badFile(WORDS.safetensors.tooShort);
  const length = new DataView(await buffer(blob.slice(0, 8))).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, blob.size - 8))) {
    throw badFile(WORDS.safetensors.longHeader);
  }
  const dataStart = 8 + Number(length);
  const header = parseHeader(await buffer(blob.slice(8, dataStart)));
  const tensors = new Map<string, StoredTensor>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of header) {
    if (name === '__metadata__') {
      const texts = v.safeParse(Metadata, value);
      if (!texts.success) throw badFile(WORDS.safetensors.badNotes);
      metadata = new Map(Object.entries(texts.output));
    } else {
      tensors.set(name, readEntry(name, value, blob, dataStart));
    }
  }
  let filled = dataStart;
  for (const { start, end } of [...tensors.values()].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== filled) throw badFile(WORDS.safetensors.gaps);
    filled = end;
  }
  if (filled !== blob.size) throw badFile(WORDS.safetensors.tooLong);
  return new SafetensorsFile(tensors, metadata);
}

function parseHeader(bytes: ArrayBuffer): [string, unknown][] {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw badFile(WORDS.safetensors.notJson, error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badFile(WORDS.safetensors.noTensors);
  }
  const entries = Object.entries(json);
  if (entries.length > MAX_TENSORS) throw badFile(WORDS.safetensors.manyTensors);
  return entries;
}

function readEntry(name: string, value: unknown, file: Blob, dataStart: number): StoredTensor {
  const entry = v.safeParse(Entry, value);
  if (!entry.success) throw badFile(WORDS.safetensors.badTensor(name));
  const { dtype, shape, data_offsets: offsets } = entry.output;
  if (!isTensorType(dtype)) throw badFile(WORDS.tensor.unknownType(name, dtype));
  const start = dataStart + offsets[0];
  const end = dataStart + offsets[1];
  if (end > file.size) throw badFile(WORDS.safetensors.incomplete(name));
  if (end - start !== bytesOf(shape, dtype)) {
    throw badFile(WORDS.safetensors.badSize(name));
  }
  return { dtype, shape, start, end, file };
}

/**
 * A safetensors file of these tensors. Each becomes a Blob before the next is taken, so that a generator can make them one
 * by one; tensors that are Blobs already take no memory.
 */
export function writeSafetensors(
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Blob {
  const taken = Array.from(tensors, (tensor) => ({ ...tensor, bytes: new Blob([tensor.bytes]) }));
  // Wider numbers first, so that all lie at addresses that are multiples of their size.
  taken.sort((a, b) => ITEM_BYTES[b.dtype] - ITEM_BYTES[a.dtype]);
  const header: [string, unknown][] = [['__metadata__', metadata]];
  let at = 0;
  for (const { name, shape, dtype, bytes } of taken) {
    if (bytes.size !== bytesOf(shape, dtype)) throw new Error(`${name}: bytes do not fit the shape`);
    header.push([name, { dtype, shape, data_offsets: [at, at + bytes.size] }]);
    at += bytes.size;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return new Blob([head, ...taken.map(({ bytes }) => bytes)]);
}
