/**
 * Reads a zip archive from outside. The sizes that it declares are not believed: what is unpacked is counted and
 * stopped at a limit. Names are only shown and never become paths; archives inside are not opened.
 */
import type { FileEntry } from '@zip.js/zip.js';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { zipLibrary } from './zip-library';

const MAX_ENTRIES = 1_000;
const MIB = 1024 * 1024;
const MAX_UNPACKED = 512 * MIB;
/** Text of one repeated row may shrink a thousandfold; a data set does not. Small entries may do as they like. */
const MAX_RATIO = 200;
const SMALL = 4 * MIB;
/** Bytes of the list of files, which is read at once. */
const MAX_DIRECTORY = MIB;
const STORED = 0;
const DEFLATED = 8;

/** One file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes that it takes in the archive. */
  readonly packed: number;
  readonly content: FileEntry;
}

/** An archive whose list of files was read and found good. */
export class ZipArchive {
  #unpacked = 0;
  private constructor(
    private readonly file: File,
    readonly entries: readonly ZipEntry[],
    private readonly most: number,
  ) {}

  /**
   * @param most bytes that all its files may have when they are unpacked
   * @throws AppError bad-file when the list of files is missing, hostile or of a kind that is not read.
   */
  static async open(file: File, most = MAX_UNPACKED): Promise<ZipArchive> {
    const zip = await zipLibrary();
    class BoundedReader extends zip.BlobReader {
      override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
        if (length > MAX_DIRECTORY) throw bad(file, 'the list of its files is too long');
        return super.readUint8Array(offset, length);
      }
    }
    const entries: ZipEntry[] = [];
    try {
      const reader = new zip.ZipReader(new BoundedReader(file), { filenameValidation: 'tolerant' });
      for await (const entry of reader.getEntriesGenerator()) {
        const { filename: name, compressedSize: packed, compressionMethod: method } = entry;
        if (entry.encrypted) throw bad(file, 'it is locked with a password');
        if (method !== STORED && method !== DEFLATED) {
          throw bad(file, `“${name}” is packed in a way that is not read`);
        }
        if (entries.length === MAX_ENTRIES) throw bad(file, `it holds more than ${MAX_ENTRIES} files`);
        if (!entry.directory) entries.push({ name, packed, content: entry });
      }
    } catch (error) {
      throw await refusal(file, error, 'the list of its files is damaged');
    }
    return new ZipArchive(file, entries, most);
  }

  /**
   * The bytes of an entry that is stored as it is: they stay on disk, and are not checked. Null for packed ones.
   * @throws AppError bad-file when they are not where the list says, or also belong to another entry.
   */
  async slice({ name, packed, content }: ZipEntry): Promise<Blob | null> {
    if (content.compressionMethod !== STORED) return null;
    try {
      await content.getData(new WritableStream(), { checkOverlappingEntryOnly: true });
    } catch (error) {
      throw await refusal(this.file, error, `“${name}” is damaged`);
    }
    const begin = content.localDirectory?.dataOffset ?? this.file.size;
    return this.file.slice(begin, begin + packed);
  }

  /**
   * The bytes of one entry, whose checksum was right. The limit counts over all entries that were unpacked.
   * @throws AppError bad-file; AbortError
   */
  async unpack({ name, packed, content }: ZipEntry, signal: StopSignal): Promise<Blob> {
    signal.throwIfAborted();
    const parts: Blob[] = [];
    let length = 0;
    const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (bytes) => {
        signal.throwIfAborted();
        length += bytes.length;
        this.#unpacked += bytes.length;
        if (this.#unpacked > this.most) {
          throw bad(this.file, `its files unpack to more than ${Math.round(this.most / MIB)} MB`);
        }
        if (length > SMALL && length > packed * MAX_RATIO) {
          throw bad(this.file, `“${name}” unpacks to more than ${MAX_RATIO} times its size`);
        }
        parts.push(new Blob([bytes]));
      },
    });
    try {
      await content.getData(sink, { checkCrc32: true, checkOverlappingEntry: true });
    } catch (error) {
      signal.throwIfAborted();
      throw await refusal(this.file, error, `“${name}” is damaged`);
    }
    return new Blob(parts);
  }
}

/** An error of the library in words for people; `otherwise` where they need to know no more. */
async function refusal(file: File, error: unknown, otherwise: string): Promise<AppError> {
  if (error instanceof AppError) return error;
  const zip = await zipLibrary();
  const words = new Map([
    [zip.ERR_BAD_FORMAT, 'the list of its files is missing, so it is cut short'],
    [zip.ERR_EOCDR_NOT_FOUND, 'the list of its files is missing, so it is cut short'],
    [zip.ERR_ENCRYPTED_CENTRAL_DIRECTORY, 'it is locked with a password'],
    [zip.ERR_SPLIT_ZIP_FILE, 'it is one part of several. Put the parts together, and choose the whole'],
    [zip.ERR_OVERLAPPING_ENTRY, 'some of its files share their bytes'],
  ]);
  return bad(file, (error instanceof Error && words.get(error.message)) || otherwise, error);
}

const bad = (file: File, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: `“${file.name}” cannot be read: ${detail}.` }, { cause });
