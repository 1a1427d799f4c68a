/** Reads the rows of a Parquet file, one row group after another; the libraries are loaded on demand. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import { WORDS as IO_WORDS } from '../io/words';
import { WORDS } from './words';
import { ALIASES } from './shapes';

/** The columns of all known formats; others are not read. */
const COLUMNS: ReadonlySet<string> = new Set([
  'id',
  'task_id',
  'instruction',
  'input',
  'output',
  'is_classification',
  'parents',
  'instances',
  'messages',
  'conversations',
  'prompt',
  'completion',
  'system',
  'history',
  ...Object.keys(ALIASES),
]);
const MAX_FOOTER = 64 * 1024 * 1024;
/** Stated size of an unpacked row group, in bytes. */
const MAX_GROUP = 1024 * 1024 * 1024;
const MAX_ROWS = 5_000_000;
const PAGE = 1_000;

export interface ParquetPage {
  /** Number of the first row, from 1. */
  readonly first: number;
  readonly rows: readonly unknown[];
  /** How much of the file has been read, 0 to 1. */
  readonly share: number;
}

/** @throws AppError bad-file when it is not a readable Parquet file; AbortError when stopped. */
export async function* parquetRows(file: File, signal: StopSignal): AsyncGenerator<ParquetPage> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  // A byte order mark at the beginning of a cell is part of its text.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parsers = { stringFromBytes: (bytes: Uint8Array): string => decoder.decode(bytes) };
  const { buffer, metadata, names } = await opened(file);
  const total = Number(metadata.num_rows);
  if (total > MAX_ROWS) throw bad(file, WORDS.parquet.manyRows(MAX_ROWS));
  const columns = names.filter((name) => COLUMNS.has(name));
  if (columns.length === 0) throw bad(file, WORDS.parquet.noColumns);
  try {
    let first = 0;
    for (const group of metadata.row_groups) {
      signal.throwIfAborted();
      const rowEnd = first + Number(group.num_rows);
      if (group.total_byte_size > MAX_GROUP) throw bad(file, WORDS.parquet.largeGroup);
      const options = { file: buffer, metadata, columns, compressors, parsers, rowStart: first, rowEnd };
      const rows = await parquetReadObjects(options);
      for (let at = 0; at < rows.length; at += PAGE) {
        const page = rows.slice(at, at + PAGE);
        yield { first: first + at + 1, rows: page, share: (first + at + page.length) / Math.max(1, total) };
      }
      first = rowEnd;
    }
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw damaged(file, error);
  }
}

/** The columns that are not read. @throws AppError bad-file when it is not a readable Parquet file. */
export async function unreadColumns(file: File): Promise<readonly string[]> {
  const { names } = await opened(file);
  return names.filter((name) => !COLUMNS.has(name));
}

interface OpenedFile {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  /** Names of the top-level columns. */
  readonly names: readonly string[];
}

async function opened(file: File): Promise<OpenedFile> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const buffer: AsyncBuffer = {
    byteLength: file.size,
    slice: (start, end) => file.slice(start, end).arrayBuffer(),
  };
  const tail = new DataView((await fileBytes(file.slice(Math.max(0, file.size - 8)))).buffer);
  if (file.size < 12 || tail.getUint32(4, true) !== 0x31524150) {
    throw bad(file, WORDS.parquet.noEnd);
  }
  if (tail.getUint32(0, true) > MAX_FOOTER) throw bad(file, WORDS.parquet.largeFooter);
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    return { buffer, metadata, names };
  } catch (error) {
    throw damaged(file, error);
  }
}

const bad = ({ name }: File, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: IO_WORDS.unreadable(name, detail) }, { cause });
const damaged = (file: File, error: unknown): AppError =>
  bad(file, error instanceof Error ? error.message.slice(0, 200) : WORDS.parquet.damaged, error);
