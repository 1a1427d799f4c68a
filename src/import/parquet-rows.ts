/** Reads the rows of a Parquet file, one row group after another. */
import {
  type AsyncBuffer,
  type FileMetaData,
  type RowGroup,
  type SchemaTree,
  parquetMetadataAsync,
  parquetSchema,
} from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import { Pacer } from '../io/pacer';
import { WORDS as IO_WORDS } from '../io/words';
import { distinctNames } from './column-names';
import { ParquetBudget, ParquetLimit } from './parquet-budget';
import { type ColumnValues, NOT_UTF8, PARSERS, readColumn } from './parquet-column';
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
/** Bytes of the list of columns and row groups; each becomes an object of a hundred bytes. */
const MAX_FOOTER = 4 * 1024 * 1024;
const MAX_ROWS = 5_000_000;
const PAGE = 1_000;

/** A row, or what is wrong with it. */
type ParquetRow = { readonly value: unknown } | { readonly problem: string };
export interface ParquetPage {
  /** Number of the first row, from 1. */
  readonly first: number;
  readonly rows: readonly ParquetRow[];
  /** How much of the file has been read, 0 to 1. */
  readonly share: number;
}

/** @throws AppError bad-file when it is not a readable Parquet file, with the row; AbortError when stopped. */
export async function* parquetRows(file: File, signal: StopSignal): AsyncGenerator<ParquetPage> {
  const { buffer, metadata, tree, columns } = await opened(file);
  const total = Number(metadata.num_rows);
  if (total > MAX_ROWS) throw bad(file, WORDS.parquet.manyRows(MAX_ROWS));
  const read = columns.filter(({ name }) => COLUMNS.has(name));
  if (read.length === 0) throw bad(file, WORDS.parquet.noColumns);
  const budget = new ParquetBudget(file.size);
  const pacer = new Pacer();
  /** The row that is read, from 1. */
  let row = 1;
  try {
    for (const group of metadata.row_groups) {
      signal.throwIfAborted();
      const rows = Number(group.num_rows);
      if (!(rows >= 0) || row - 1 + rows > total) throw new RangeError('more rows than stated');
      budget.beginGroup();
      const data = new Map<string, ColumnValues>();
      for (const { name, tree: column } of read) {
        data.set(name, await topColumn(buffer, group, tree, column, rows, budget));
        await pacer.breathe();
      }
      const first = row;
      for (let at = 0; at < rows; at += PAGE) {
        const page: ParquetRow[] = [];
        for (let i = at; i < Math.min(at + PAGE, rows); i++, row++) {
          const value = rowOf(data, i);
          budget.give(value);
          page.push(hasBadText(value) ? { problem: IO_WORDS.notUtf8 } : { value });
        }
        yield { first: first + at, rows: page, share: (row - 1) / Math.max(1, total) };
      }
    }
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    if (error instanceof ParquetLimit) throw bad(file, WORDS.parquet[error.reason](row), error);
    throw bad(file, WORDS.parquet.damagedAt(row), error);
  }
}

/** The columns that are not read. @throws AppError bad-file when it is not a readable Parquet file. */
export async function unreadColumns(file: File): Promise<readonly string[]> {
  const { columns } = await opened(file);
  return columns.map(({ name }) => name).filter((name) => !COLUMNS.has(name));
}

interface OpenedFile {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly tree: SchemaTree;
  /** The top-level columns; a second one of the same name has a number. */
  readonly columns: readonly { readonly name: string; readonly tree: SchemaTree }[];
}

async function opened(file: File): Promise<OpenedFile> {
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
    const tree = parquetSchema(metadata);
    const names = tree.children.map(({ element }) => {
      // The library does not check it.
      if (typeof element.name !== 'string') throw new TypeError('a column without a name');
      return element.name;
    });
    const columns = distinctNames(names).map((name, i) => ({ name, tree: tree.children[i] as SchemaTree }));
    return { buffer, metadata, tree, columns };
  } catch (error) {
    throw bad(file, WORDS.parquet.damaged, error);
  }
}

/** A column with all that is nested in it. */
async function topColumn(
  buffer: AsyncBuffer,
  group: RowGroup,
  root: SchemaTree,
  top: SchemaTree,
  rows: number,
  budget: ParquetBudget,
): Promise<ColumnValues> {
  const { name } = top.element;
  const leaves = new Map<string, ColumnValues>();
  for (const { meta_data: metadata } of group.columns) {
    if (!metadata || metadata.path_in_schema[0] !== name) continue;
    const path = metadata.path_in_schema.join('.');
    // Of two columns of the same name, the first one.
    if (leaves.has(path)) continue;
    const { dictionary_page_offset: dictionary, data_page_offset: data } = metadata;
    const begin = Number(dictionary && dictionary < data ? dictionary : data);
    const size = Number(metadata.total_compressed_size);
    if (!(begin >= 0 && size >= 0 && begin + size <= buffer.byteLength)) {
      throw new RangeError('a column outside the file');
    }
    budget.unpack(size, 0);
    const bytes = await buffer.slice(begin, begin + size);
    leaves.set(path, readColumn(bytes, metadata, getTreePath(root, metadata.path_in_schema), rows, budget));
  }
  if (top.children.length > 0) assembleNested(leaves, top, PARSERS);
  const values = leaves.get(name);
  // Missing values would look like empty cells.
  if (!values || values.length < rows) throw new RangeError('a column with fewer values than rows');
  return values;
}

/** Numbers of 64 bits become numbers where those are exact, otherwise their digits. */
function rowOf(data: ReadonlyMap<string, ColumnValues>, index: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(data, ([name, values]) => {
      const value: unknown = values[index];
      if (typeof value !== 'bigint') return [name, value];
      const number = Number(value);
      return [name, Number.isSafeInteger(number) ? number : String(value)];
    }),
  );
}

function hasBadText(value: unknown): boolean {
  if (value === NOT_UTF8) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBadText);
}

const bad = ({ name }: File, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: IO_WORDS.unreadable(name, detail) }, { cause });
