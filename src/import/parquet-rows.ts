/** Reads the rows of a Parquet file, one row group after the other; the readers are loaded when such a file comes. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import { ALIASES } from './shapes';

/** The columns that any of our formats has; others are not read. */
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
/** What a row group may say of its size unpacked, and how many rows are taken at once. */
const MAX_GROUP = 1024 * 1024 * 1024;
const MOST_ROWS = 5_000_000;
const PAGE = 1_000;

export interface ParquetPage {
  /** Number of the first row, from 1. */
  readonly first: number;
  readonly rows: readonly unknown[];
  /** How much of the file is read, 0 to 1. */
  readonly share: number;
}

/** @throws AppError bad-file when it is no Parquet file, or one that cannot be read; AbortError when stopped. */
export async function* parquetRows(file: File, signal: StopSignal): AsyncGenerator<ParquetPage> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  // A mark at the beginning of a cell is part of its text.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parsers = { stringFromBytes: (bytes: Uint8Array): string => decoder.decode(bytes) };
  const { buffer, metadata, names } = await opened(file);
  const total = Number(metadata.num_rows);
  if (total > MOST_ROWS) throw bad(file, `it has more than ${MOST_ROWS} rows`);
  const columns = names.filter((name) => COLUMNS.has(name));
  if (columns.length === 0) throw bad(file, 'none of its columns belongs to a format that can be read');
  try {
    let first = 0;
    for (const group of metadata.row_groups) {
      signal.throwIfAborted();
      const rowEnd = first + Number(group.num_rows);
      if (group.total_byte_size > MAX_GROUP) throw bad(file, 'a group of its rows is larger than 1 GB');
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

/** The columns that are passed over. @throws AppError bad-file when it is no Parquet file, or one that cannot be read. */
export async function unreadColumns(file: File): Promise<readonly string[]> {
  const { names } = await opened(file);
  return names.filter((name) => !COLUMNS.has(name));
}

interface OpenedFile {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  /** Of its columns; a column may hold others. */
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
    throw bad(file, 'its end is missing, so it is cut short');
  }
  if (tail.getUint32(0, true) > MAX_FOOTER) throw bad(file, 'its description is larger than any real one');
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    return { buffer, metadata, names };
  } catch (error) {
    throw damaged(file, error);
  }
}

const bad = ({ name }: File, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: `“${name}” cannot be read: ${detail}.` }, { cause });
const damaged = (file: File, error: unknown): AppError =>
  bad(file, error instanceof Error ? error.message.slice(0, 200) : 'it is damaged', error);
