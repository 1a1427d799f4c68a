/**
 * Reads the header of a GGUF file (version 2 or 3), which describes a model before it is loaded.
 * Source: the GGUF specification of ggml. Every length is checked against the file, because files are not trusted.
 */
import type { AppError } from '../core/errors';
import { badFile } from './bad-file';
import { WORDS } from './words';

/** A value of the header; numbers of 64 bits are bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];
/** The part before the list of tensors. */
export interface GgufHeader {
  readonly version: number;
  readonly tensorCount: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The byte after the last entry, where the list of tensors begins. */
  readonly end: number;
}

const STRING = 8;
const ARRAY = 9;
/** Header bytes that are read: enough for vocabularies of more than 250,000 tokens. */
export const MAX_HEADER_BYTES = 32 * 1024 * 1024;
const MAX_DEPTH = 4;
/** A list item takes more memory than its byte in the file: the largest vocabularies and merge lists hold half a million. */
const MAX_ITEMS = 4_000_000;
const MAX_ENTRIES = 65_536;

/** Reads one value after another, with bounds checks. @throws AppError bad-file */
export class GgufReader {
  #at: number;
  #items = 0;
  readonly #view: DataView;
  readonly #text = new TextDecoder();
  constructor(
    readonly bytes: ArrayBuffer,
    at = 0,
  ) {
    this.#view = new DataView(bytes);
    this.#at = at;
  }
  #take(size: number): number {
    const at = this.#at;
    if (size < 0 || at + size > this.bytes.byteLength) throw badGguf(WORDS.gguf.shortHeader);
    this.#at += size;
    return at;
  }
  get at(): number {
    return this.#at;
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  /** An unsigned 64-bit number that may be a file offset. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badGguf(WORDS.gguf.largeNumber);
    return Number(value);
  }
  length(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(this.bytes.byteLength)) throw badGguf(WORDS.gguf.largeLength);
    return Number(value);
  }
  string(): string {
    const size = this.length();
    return this.#text.decode(new Uint8Array(this.bytes, this.#take(size), size));
  }
  value(type: number, depth = 0): GgufValue {
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(this.#take(1));
      case 1:
        return view.getInt8(this.#take(1));
      case 2:
        return view.getUint16(this.#take(2), true);
      case 3:
        return view.getInt16(this.#take(2), true);
      case 4:
        return view.getUint32(this.#take(4), true);
      case 5:
        return view.getInt32(this.#take(4), true);
      case 6:
        return view.getFloat32(this.#take(4), true);
      case 7:
        return view.getUint8(this.#take(1)) !== 0;
      case STRING:
        return this.string();
      case ARRAY: {
        if (depth === MAX_DEPTH) throw badGguf(WORDS.gguf.deepLists);
        const itemType = this.u32();
        const count = this.length();
        this.#items += count;
        if (this.#items > MAX_ITEMS) throw badGguf(WORDS.gguf.longLists);
        return Array.from({ length: count }, () => this.value(itemType, depth + 1));
      }
      case 10:
        return view.getBigUint64(this.#take(8), true);
      case 11:
        return view.getBigInt64(this.#take(8), true);
      case 12:
        return view.getFloat64(this.#take(8), true);
      default:
        throw badGguf(WORDS.gguf.unknownType(type));
    }
  }
}

/** @param detail what is wrong, as the end of a sentence */
export const badGguf = (detail: string, cause?: unknown): AppError =>
  badFile(WORDS.gguf.refused(detail), cause);

/** @throws AppError bad-file when it is not a GGUF file, is incomplete or has wrong lengths. */
export async function readGgufHeader(file: Blob): Promise<GgufHeader> {
  const bytes = await file
    .slice(0, MAX_HEADER_BYTES)
    .arrayBuffer()
    .catch(() => null);
  if (!bytes) throw badGguf(WORDS.gguf.unreadable);
  const reader = new GgufReader(bytes);
  if (reader.u32() !== 0x46554747) throw badGguf(WORDS.gguf.noMagic);
  const version = reader.u32();
  if (version < 2 || version > 3) throw badGguf(WORDS.gguf.unknownVersion(version));
  const tensorCount = reader.length();
  const entries = reader.length();
  if (entries > MAX_ENTRIES) throw badGguf(WORDS.gguf.manyEntries);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entries; i++) metadata.set(reader.string(), reader.value(reader.u32()));
  return { version, tensorCount, metadata, end: reader.at };
}

/** Whether the header states that all tensors are F32. */
export const isFullPrecision = (header: GgufHeader): boolean =>
  header.metadata.get('general.file_type') === 0;

/** The trained context length in tokens; null when the file does not give it. */
export function trainedContext(header: GgufHeader): number | null {
  const architecture = header.metadata.get('general.architecture');
  if (typeof architecture !== 'string') return null;
  const length = header.metadata.get(`${architecture}.context_length`);
  return typeof length === 'number' && Number.isSafeInteger(length) && length > 0 ? length : null;
}

/** Bytes of a token's keys and values when unknown: those of a model with 1 to 3 billion parameters. */
const USUAL_KEY_VALUE_BYTES = 100_000;

/** Bytes of one token's keys and values in the context, in F16. */
export function keyValueBytes(header: GgufHeader): number {
  const architecture = String(header.metadata.get('general.architecture'));
  const number = (name: string): number | null => {
    const value = header.metadata.get(`${architecture}.${name}`);
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  const layers = number('block_count');
  const heads = number('attention.head_count');
  const embedding = number('embedding_length');
  if (layers === null || heads === null || embedding === null) return USUAL_KEY_VALUE_BYTES;
  const keyValueHeads = number('attention.head_count_kv') ?? heads;
  const key = number('attention.key_length') ?? embedding / heads;
  const value = number('attention.value_length') ?? key;
  return layers * keyValueHeads * (key + value) * 2;
}

/**
 * Ids of tokens that are not complete UTF-8 texts by themselves (GPT-2 byte-level vocabularies).
 * They are banned: a completion that ends inside a character raises an exception that ends every request in flight.
 */
export function brokenTextTokens(header: GgufHeader): number[] {
  const tokens = header.metadata.get('tokenizer.ggml.tokens');
  if (header.metadata.get('tokenizer.ggml.model') !== 'gpt2' || !Array.isArray(tokens)) return [];
  const byteOf = byteAlphabet();
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const broken: number[] = [];
  for (const [id, token] of (tokens as readonly GgufValue[]).entries()) {
    if (typeof token !== 'string') continue;
    const bytes = Array.from(token, (char) => byteOf.get(char));
    // A character outside the alphabet belongs to a special token, which is written as it is.
    if (bytes.some((byte) => byte === undefined)) continue;
    try {
      utf8.decode(Uint8Array.from(bytes as number[]));
    } catch {
      broken.push(id);
    }
  }
  return broken;
}

/** GPT-2's byte-level alphabet: printable bytes stand for themselves, the others for 256, 257, ... */
export function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    alphabet.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return alphabet;
}
