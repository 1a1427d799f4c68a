/**
 * Reads a zip archive. The sizes that it states are not trusted: unpacked bytes are counted up to a limit. Names are only
 * shown and never become paths; nested archives are not opened.
 */
import type { FileEntry } from '@zip.js/zip.js';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { WORDS } from './words';
import { zipLibrary } from './zip-library';

const MAX_ENTRIES = 1_000;
const MIB = 1024 * 1024;
const MAX_UNPACKED = 512 * MIB;
/** One repeated row may shrink a thousandfold; a data set does not. Does not apply to small entries. */
const MAX_RATIO = 200;
const SMALL = 4 * MIB;
/** Bytes of the list of files, which is read in one go. */
const MAX_DIRECTORY = MIB;
const STORED = 0;
const DEFLATED = 8;

/** One file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Its bytes in the archive. */
  readonly packed: number;
  readonly content: FileEntry;
}

/** An archive whose list of files was read and is valid. */
export class ZipArchive {
  #unpacked = 0;
  private constructor(
    private readonly file: File,
    readonly entries: readonly ZipEntry[],
    private readonly most: number,
  ) {}

  /**
   * @param most bytes of all its files when unpacked
   * @throws AppError bad-file when the list of files is missing, hostile or of an unknown kind.
   */
  static async open(file: File, most = MAX_UNPACKED): Promise<ZipArchive> {
    const zip = await zipLibrary();
    class BoundedReader extends zip.BlobReader {
      override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
        if (length > MAX_DIRECTORY) throw bad(file, WORDS.zip.longDirectory);
        return super.readUint8Array(offset, length);
      }
    }
    const entries: ZipEntry[] = [];
    try {
      const reader = new zip.ZipReader(new BoundedReader(file), { filenameValidation: 'tolerant' });
      for await (const entry of reader.getEntriesGenerator()) {
        const { filename: name, compressedSize: packed, compressionMethod: method } = entry;
        if (entry.encrypted) throw bad(file, WORDS.zip.locked);
        if (method !== STORED && method !== DEFLATED) {
          throw bad(file, WORDS.zip.packing(name));
        }
        if (entries.length === MAX_ENTRIES) throw bad(file, WORDS.zip.manyFiles(MAX_ENTRIES));
        if (!entry.directory) entries.push({ name, packed, content: entry });
      }
    } catch (error) {
      throw await refusal(file, error, WORDS.zip.badDirectory);
    }
    return new ZipArchive(file, entries, most);
  }

  /**
   * The bytes of an uncompressed entry: they stay on disk and are not checked. Null for compressed ones.
   * @throws AppError bad-file when they are not where the list puts them, or also belong to another entry.
   */
  async slice({ name, packed, content }: ZipEntry): Promise<Blob | null> {
    if (content.compressionMethod !== STORED) return null;
    try {
      await content.getData(new WritableStream(), { checkOverlappingEntryOnly: true });
    } catch (error) {
      throw await refusal(this.file, error, WORDS.zip.damaged(name));
    }
    const begin = content.localDirectory?.dataOffset ?? this.file.size;
    return this.file.slice(begin, begin + packed);
  }

  /**
   * The bytes of one entry, with the checksum verified. The limit applies to all unpacked entries together.
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
          throw bad(this.file, WORDS.zip.large(Math.round(this.most / MIB)));
        }
        if (length > SMALL && length > packed * MAX_RATIO) {
          throw bad(this.file, WORDS.zip.ratio(name, MAX_RATIO));
        }
        parts.push(new Blob([bytes]));
      },
    });
    try {
      await content.getData(sink, { checkCrc32: true, checkOverlappingEntry: true });
    } catch (error) {
      signal.throwIfAborted();
      throw await refusal(this.file, error, WORDS.zip.damaged(name));
    }
    return new Blob(parts);
  }
}

/** An error of the library as one for users; `otherwise` for all that need no text of their own. */
async function refusal(file: File, error: unknown, otherwise: string): Promise<AppError> {
  if (error instanceof AppError) return error;
  const zip = await zipLibrary();
  const words = new Map([
    [zip.ERR_BAD_FORMAT, WORDS.zip.noDirectory],
    [zip.ERR_EOCDR_NOT_FOUND, WORDS.zip.noDirectory],
    [zip.ERR_ENCRYPTED_CENTRAL_DIRECTORY, WORDS.zip.locked],
    [zip.ERR_SPLIT_ZIP_FILE, WORDS.zip.split],
    [zip.ERR_OVERLAPPING_ENTRY, WORDS.zip.overlap],
  ]);
  return bad(file, (error instanceof Error && words.get(error.message)) || otherwise, error);
}

const bad = (file: File, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.unreadable(file.name, detail) }, { cause });
