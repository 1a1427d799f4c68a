/**
 * Reads a zip archive from outside. Sizes that it declares are not believed: what is unpacked is counted and stopped at
 * a bound. Names are only shown and never become paths; archives inside are not opened.
 */
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';

const MAX_ENTRIES = 1_000;
const MIB = 1024 * 1024;
const MAX_UNPACKED = 512 * MIB;
/** Text of one repeated row may shrink a thousandfold; a data set does not. Small entries may do as they like. */
const MAX_RATIO = 200;
const SMALL = 4 * 1024 * 1024;
const MAX_DIRECTORY = 1024 * 1024;
/** Bytes that are unpacked at once: at most a thousand times as many come out. */
const CHUNK = 16 * 1024;

export interface ZipEntry {
  readonly name: string;
  readonly packed: number;
  readonly crc: number;
  readonly method: number;
  /** Where its local header begins. */
  readonly at: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Stands where a number has more than 32 bits and is told elsewhere (zip64). */
const LARGE = 0xffff_ffff;
/** Length of the end record without its comment, and of the two headers without their names. */
const END_LENGTH = 22;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;
const MAX_COMMENT = 65_535;

export class ZipArchive {
  #unpacked = 0;
  private constructor(
    private readonly file: File,
    readonly entries: readonly ZipEntry[],
    private readonly most: number,
  ) {}

  /**
   * @param most bytes that all its files may have when they are unpacked
   * @throws AppError bad-file when the directory is missing, hostile or of a kind that we do not read.
   */
  static async open(file: File, most = MAX_UNPACKED): Promise<ZipArchive> {
    const tailAt = Math.max(0, file.size - END_LENGTH - MAX_COMMENT);
    const tail = await viewOf(file.slice(tailAt));
    let at = tail.byteLength - END_LENGTH;
    while (at >= 0 && tail.getUint32(at, true) !== END) at--;
    if (at < 0) throw bad(file, 'the list of its files is missing, so it is cut short');
    const count = tail.getUint16(at + 10, true);
    const size = tail.getUint32(at + 12, true);
    const start = tail.getUint32(at + 16, true);
    if (count === 0xffff || size === LARGE || start === LARGE) throw tooLarge(file);
    if (count > MAX_ENTRIES) throw bad(file, `it holds more than ${MAX_ENTRIES} files`);
    if (size > MAX_DIRECTORY || start + size > tailAt + at)
      throw bad(file, 'the list of its files is damaged');
    const directory = await viewOf(file.slice(start, start + size));
    return new ZipArchive(file, readDirectory(file, directory, count, start), most);
  }

  /** The bytes of an entry that is stored as it is: they stay on disk, and are not checked. Null for packed ones. */
  async slice(entry: ZipEntry): Promise<Blob | null> {
    const begin = await this.#begin(entry);
    return entry.method === 0 ? this.file.slice(begin, begin + entry.packed) : null;
  }

  /** The bytes of one entry. Counts over all entries that were unpacked. */
  async unpack(entry: ZipEntry, signal: StopSignal): Promise<Blob> {
    const { Inflate } = await import('fflate');
    const begin = await this.#begin(entry);
    const parts: BlobPart[] = [];
    const sum = new Crc32();
    let length = 0;
    let ended = entry.method === 0;
    const take = (bytes: Uint8Array): void => {
      length += bytes.length;
      this.#unpacked += bytes.length;
      if (this.#unpacked > this.most) {
        throw bad(this.file, `its files unpack to more than ${Math.round(this.most / MIB)} MB`);
      }
      if (length > SMALL && length > entry.packed * MAX_RATIO) {
        throw bad(this.file, `“${entry.name}” unpacks to more than ${MAX_RATIO} times its size`);
      }
      sum.add(bytes);
      // The library uses its buffer again.
      if (bytes.length > 0) parts.push(bytes.slice());
    };
    const inflate = new Inflate((bytes, final) => {
      take(bytes);
      ended = ended || final;
    });
    for (let at = 0; at < entry.packed; at += CHUNK) {
      signal.throwIfAborted();
      const end = Math.min(at + CHUNK, entry.packed);
      const chunk = new Uint8Array(await this.file.slice(begin + at, begin + end).arrayBuffer());
      if (entry.method === 0) take(chunk);
      else this.#push(inflate, chunk, end === entry.packed, entry);
    }
    if (!ended || sum.value !== entry.crc) throw bad(this.file, `“${entry.name}” is damaged`);
    return new Blob(parts);
  }

  async #begin(entry: ZipEntry): Promise<number> {
    const header = await viewOf(this.file.slice(entry.at, entry.at + LOCAL_LENGTH));
    if (header.byteLength < LOCAL_LENGTH || header.getUint32(0, true) !== LOCAL) {
      throw bad(this.file, `“${entry.name}” is not where the list says`);
    }
    return entry.at + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true);
  }

  #push(
    inflate: { push(chunk: Uint8Array, final: boolean): void },
    chunk: Uint8Array,
    final: boolean,
    { name }: ZipEntry,
  ): void {
    try {
      inflate.push(chunk, final);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw bad(this.file, `“${name}” is damaged`);
    }
  }
}

function readDirectory(file: File, view: DataView, count: number, limit: number): ZipEntry[] {
  const decoder = new TextDecoder();
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_LENGTH > view.byteLength || view.getUint32(at, true) !== CENTRAL) {
      throw bad(file, 'the list of its files is damaged');
    }
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const crc = view.getUint32(at + 16, true);
    const packed = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const header = view.getUint32(at + 42, true);
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + CENTRAL_LENGTH, nameLength);
    const name = decoder.decode(bytes);
    at += CENTRAL_LENGTH + nameLength + rest;
    if (packed === LARGE || header === LARGE) throw tooLarge(file);
    if ((flags & 1) !== 0) throw bad(file, 'it is locked with a password');
    if (method !== 0 && method !== 8) throw bad(file, `“${name}” is packed in a way that is not read`);
    if (header + LOCAL_LENGTH + packed > limit) throw bad(file, 'the list of its files is damaged');
    // Folders hold nothing.
    if (!name.endsWith('/')) entries.push({ name, packed, crc, method, at: header });
  }
  refuseOverlaps(file, entries);
  return entries;
}

/** Files that share their bytes are how a small archive unpacks to a huge one. */
function refuseOverlaps(file: File, entries: readonly ZipEntry[]): void {
  let end = 0;
  for (const { at, packed } of [...entries].sort((a, b) => a.at - b.at)) {
    if (at < end) throw bad(file, 'some of its files share their bytes');
    end = at + LOCAL_LENGTH + packed;
  }
}

const tooLarge = (file: File): AppError =>
  bad(file, 'it is of the kind for more than 4 GB (zip64). Unpack it, and choose what was in it');
const viewOf = async (blob: Blob): Promise<DataView> => new DataView(await blob.arrayBuffer());
const bad = (file: File, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: `“${file.name}” cannot be read: ${detail}.` });

/** The checksum of the zip format. */
class Crc32 {
  static readonly #table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  #value = 0xffffffff;

  add(bytes: Uint8Array): void {
    let value = this.#value;
    for (const byte of bytes) value = (Crc32.#table[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
    this.#value = value;
  }
  get value(): number {
    return (this.#value ^ 0xffffffff) >>> 0;
  }
}
