/**
 * Writes GGUF, version 3: a header with typed entries, the list of tensors, then the tensors, each at a multiple of 32.
 * Source: the GGUF specification of ggml.
 */
import { storedBytes } from './number-types';
import type { TensorToWrite } from './safetensors';

type GgufEntryValue =
  | { readonly type: 'u32' | 'i32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'i32s'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] };

/** One entry of the header: key, type and value. */
export type GgufEntry = GgufEntryValue & { readonly key: string };

/** How numbers are written: 32 or 16 bits, or blocks of bytes with a scale. */
export type GgufType = 'F32' | 'F16' | 'Q8_0';
/** A tensor with its bytes, rows first. */
export interface GgufTensorToWrite extends Omit<TensorToWrite, 'dtype'> {
  readonly dtype: GgufType;
}

/** The entries of a file that was read, as bytes. */
export class RawEntries {
  /** @param typeAt the byte of `general.file_type`'s value; null when there is none */
  constructor(
    readonly count: number,
    readonly bytes: Uint8Array<ArrayBuffer>,
    private readonly typeAt: number | null,
  ) {}

  /** The same entries, with another `general.file_type`. */
  ofType(type: number): RawEntries {
    if (this.typeAt === null) return this;
    const bytes = this.bytes.slice();
    new DataView(bytes.buffer).setUint32(this.typeAt, type, true);
    return new RawEntries(this.count, bytes, this.typeAt);
  }
}

/** Each tensor begins at a multiple of so many bytes. */
export const GGUF_ALIGNMENT = 32;
const VALUE_TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8 } as const;
const LIST = 9;
const TENSOR_TYPES = { F32: 0, F16: 1, Q8_0: 8 } as const;

class Bytes {
  readonly parts: (Uint8Array<ArrayBuffer> | Blob)[] = [];
  readonly #text = new TextEncoder();
  number(value: number, kind: 'u32' | 'i32' | 'f32'): void {
    const view = new DataView(new ArrayBuffer(4));
    if (kind === 'f32') view.setFloat32(0, value, true);
    else view.setUint32(0, value, true);
    this.parts.push(new Uint8Array(view.buffer));
  }
  length(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value), true);
    this.parts.push(new Uint8Array(view.buffer));
  }
  string(value: string): void {
    const bytes = this.#text.encode(value);
    this.length(bytes.length);
    this.parts.push(bytes);
  }
  entry(entry: GgufEntry): void {
    this.string(entry.key);
    switch (entry.type) {
      case 'bool':
        this.number(VALUE_TYPES.bool, 'u32');
        this.parts.push(Uint8Array.of(entry.value ? 1 : 0));
        break;
      case 'string':
        this.number(VALUE_TYPES.string, 'u32');
        this.string(entry.value);
        break;
      case 'strings':
        this.#list(VALUE_TYPES.string, entry.value.length);
        for (const one of entry.value) this.string(one);
        break;
      case 'i32s':
        this.#list(VALUE_TYPES.i32, entry.value.length);
        for (const one of entry.value) this.number(one, 'i32');
        break;
      default:
        this.number(VALUE_TYPES[entry.type], 'u32');
        this.number(entry.value, entry.type);
    }
  }
  #list(type: number, length: number): void {
    this.number(LIST, 'u32');
    this.number(type, 'u32');
    this.length(length);
  }
}

const padding = (size: number): number => (GGUF_ALIGNMENT - (size % GGUF_ALIGNMENT)) % GGUF_ALIGNMENT;

/** The whole file. Tensors go to the browser's blob store one by one: see `writeSafetensors`. */
export function writeGguf(
  entries: readonly GgufEntry[] | RawEntries,
  tensors: Iterable<GgufTensorToWrite>,
): Blob {
  const taken = Array.from(tensors, (tensor) => ({ ...tensor, bytes: new Blob([tensor.bytes]) }));
  const head = new Bytes();
  head.parts.push(new TextEncoder().encode('GGUF'));
  head.number(3, 'u32');
  head.length(taken.length);
  if (entries instanceof RawEntries) {
    head.length(entries.count);
    head.parts.push(entries.bytes);
  } else {
    head.length(entries.length);
    for (const entry of entries) head.entry(entry);
  }
  let at = 0;
  for (const { name, shape, dtype, bytes } of taken) {
    const numbers = shape.reduce((product, side) => product * side, 1);
    if (bytes.size !== storedBytes(dtype, numbers)) {
      throw new Error(`${name}: bytes do not fit the shape`);
    }
    head.string(name);
    head.number(shape.length, 'u32');
    for (const side of shape.toReversed()) head.length(side);
    head.number(TENSOR_TYPES[dtype], 'u32');
    head.length(at);
    at += bytes.size + padding(bytes.size);
  }
  const header = new Blob(head.parts);
  return new Blob([
    header,
    new Uint8Array(padding(header.size)),
    ...taken.flatMap(({ bytes }) => [bytes, new Uint8Array(padding(bytes.size))]),
  ]);
}
