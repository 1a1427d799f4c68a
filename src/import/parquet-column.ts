/** Reads one column of a row group, page by page. What a page turns into is counted before memory is taken for it. */
import type { ColumnMetaData, Compressors, DataReader, SchemaTree } from 'hyparquet';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { assembleLists } from 'hyparquet/src/assemble.js';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { byteStreamSplit } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, isFlatColumn } from 'hyparquet/src/schema.js';
import type { ParquetBudget } from './parquet-budget';
import { readByLength, readByPrefix, readDifferences, readRuns } from './parquet-values';

/** In the place of a text whose bytes are no UTF-8. */
export const NOT_UTF8 = Symbol('not UTF-8');
/** Values of a column in the library's forms: numbers may be a typed array. */
export type ColumnValues = ReturnType<typeof convert>;

type PageHeader = ReturnType<typeof parquetHeader>;
type Decoder = Parameters<typeof convert>[1];

/** Far longer than the header of any page; statistics in it may quote a value. */
const MAX_HEADER = 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A byte order mark at the beginning of a cell is part of its text. */
function textOf(bytes: Uint8Array | undefined): string | symbol | undefined {
  try {
    return bytes && decoder.decode(bytes);
  } catch {
    return NOT_UTF8;
  }
}
export const PARSERS = { ...DEFAULT_PARSERS, stringFromBytes: textOf };
/** Without the size of the page, Zstandard would believe the size in its own header. */
const CODECS: Compressors = {
  ...compressors,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

/** What all pages of a column share. */
interface Column {
  readonly decoder: Decoder;
  readonly budget: ParquetBudget;
  readonly repetitions: number;
  readonly definitions: number;
}

/**
 * @param bytes of the column in the file
 * @param rows of the row group; a flat column may have values behind them
 * @returns a value for each row, nested ones as the library assembles them
 * @throws ParquetLimit; any error when the bytes are damaged
 */
export function readColumn(
  bytes: ArrayBuffer,
  metadata: ColumnMetaData,
  schemaPath: SchemaTree[],
  rows: number,
  budget: ParquetBudget,
): ColumnValues {
  const leaf = schemaPath.at(-1);
  if (!leaf) throw new RangeError('a column without a path');
  const column: Column = {
    decoder: {
      pathInSchema: metadata.path_in_schema,
      type: metadata.type,
      codec: metadata.codec,
      element: leaf.element,
      schemaPath,
      parsers: PARSERS,
      compressors: CODECS,
    },
    budget,
    repetitions: getMaxRepetitionLevel(schemaPath),
    definitions: getMaxDefinitionLevel(schemaPath),
  };
  const flat = isFlatColumn(schemaPath);
  const pages: ColumnValues[] = [];
  let dictionary: ColumnValues | undefined;
  let read = 0;
  for (let at = 0; at < bytes.byteLength - 1 && (!flat || read < rows);) {
    const reader = { view: new DataView(bytes, at, Math.min(MAX_HEADER, bytes.byteLength - at)), offset: 0 };
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    const begin = at + reader.offset;
    if (!(size >= 0) || begin + size > bytes.byteLength)
      throw new RangeError('a page ends behind its column');
    at = begin + size;
    const page = new Uint8Array(bytes, begin, size);
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = readDictionary(page, header, column);
      continue;
    }
    // A nested row may continue on the next page: the library then continues the list of the page before.
    const before = flat ? undefined : pages.at(-1);
    const values = readPage(page, header, column, dictionary, before);
    if (values !== before) pages.push(values);
    read += values.length;
  }
  return joined(pages);
}

function readDictionary(page: Uint8Array, header: PageHeader, { decoder, budget }: Column): ColumnValues {
  const count = header.dictionary_page_header?.num_values ?? NaN;
  budget.unpack(header.uncompressed_page_size, count);
  const bytes = decompressPage(page, header.uncompressed_page_size, decoder.codec, CODECS);
  return convert(readPlain(readerOf(bytes), decoder.type, count, decoder.element.type_length), decoder);
}

function readPage(
  page: Uint8Array,
  header: PageHeader,
  column: Column,
  dictionary: ColumnValues | undefined,
  before: ColumnValues | undefined,
): ColumnValues {
  const { decoder } = column;
  const { levels, values, encoding } =
    header.type === 'DATA_PAGE' ? pageOf(page, header, column) : pageOf2(page, header, column);
  // A place in the dictionary that does not exist would become an empty cell.
  if (encoding.endsWith('_DICTIONARY')) {
    const places = dictionary?.length ?? 0;
    for (const place of values) if (place >= places) throw new RangeError('a value outside the dictionary');
  }
  const converted = convertWithDictionary(values, dictionary, encoding, decoder);
  const output: unknown[] = Array.isArray(before) ? before : [];
  return assembleLists(output, levels.definitions, levels.repetitions, converted, decoder.schemaPath);
}

interface Levels {
  readonly repetitions: number[];
  /** Undefined when every value is there. */
  readonly definitions: number[] | undefined;
}
interface Page {
  readonly levels: Levels;
  readonly values: ColumnValues;
  readonly encoding: PageEncoding;
}
type PageEncoding = NonNullable<PageHeader['data_page_header']>['encoding'];

/** A page of the first version: levels and values are compressed together. */
function pageOf(page: Uint8Array, header: PageHeader, column: Column): Page {
  const { budget, decoder, repetitions, definitions } = column;
  const { num_values: count, encoding } = stated(header.data_page_header);
  budget.unpack(header.uncompressed_page_size, count);
  const reader = readerOf(decompressPage(page, header.uncompressed_page_size, decoder.codec, CODECS));
  const levels = {
    repetitions: repetitions > 0 ? readRuns(reader, bitsFor(repetitions), count, null) : [],
    definitions: definitions > 0 ? readRuns(reader, bitsFor(definitions), count, null) : undefined,
  };
  return {
    levels: whole(levels, definitions),
    values: valuesOf(reader, encoding, present(levels, count, definitions), column),
    encoding,
  };
}

/** A page of the second version: the levels stand before the compressed values. */
function pageOf2(page: Uint8Array, header: PageHeader, column: Column): Page {
  const { budget, decoder, repetitions, definitions } = column;
  const second = stated(header.data_page_header_v2);
  const { num_values: count, encoding } = second;
  const repeated = second.repetition_levels_byte_length;
  const defined = second.definition_levels_byte_length;
  budget.unpack(header.uncompressed_page_size, count);
  const reader = readerOf(page);
  const levels = {
    repetitions: repetitions > 0 ? readRuns(reader, bitsFor(repetitions), count, repeated) : [],
    definitions: definitions > 0 ? readRuns(reader, bitsFor(definitions), count, defined) : undefined,
  };
  const packed = page.subarray(repeated + defined);
  const size = header.uncompressed_page_size - repeated - defined;
  const bytes = second.is_compressed === false ? packed : decompressPage(packed, size, decoder.codec, CODECS);
  return {
    levels: whole(levels, definitions),
    values: valuesOf(readerOf(bytes), encoding, present(levels, count, definitions), column),
    encoding,
  };
}

function stated<T>(header: T | undefined): T {
  if (!header) throw new RangeError('a page without a header of its kind');
  return header;
}
/** How many of the values are there. */
const present = ({ definitions }: Levels, count: number, most: number): number =>
  definitions ? definitions.reduce((sum, level) => sum + (level === most ? 1 : 0), 0) : count;
/** The library leaves out the definition levels where nothing is missing. */
const whole = (levels: Levels, most: number): Levels =>
  levels.definitions?.every((level) => level === most) ? { ...levels, definitions: undefined } : levels;

/** The values of a page before they become texts, dates and so on. */
function valuesOf(reader: DataReader, encoding: PageEncoding, count: number, column: Column): ColumnValues {
  const { decoder, budget } = column;
  const { type, element } = decoder;
  switch (encoding) {
    case 'PLAIN':
      return readPlain(reader, type, count, element.type_length);
    case 'RLE':
      return readRuns(reader, 1, count, null).map((bit) => bit === 1);
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      const width = reader.view.getUint8(reader.offset++);
      // All values are the first of the dictionary, and nothing is written.
      if (width === 0) return new Array<number>(count).fill(0);
      return readRuns(reader, width, count, reader.view.byteLength - reader.offset);
    }
    case 'BYTE_STREAM_SPLIT':
      return byteStreamSplit(reader, count, type, element.type_length);
    case 'DELTA_BINARY_PACKED': {
      const values = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      readDifferences(reader, values);
      return values;
    }
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return readByLength(reader, count);
    case 'DELTA_BYTE_ARRAY':
      return readByPrefix(reader, count, (bytes) => budget.unpack(bytes, 0));
    default:
      throw new RangeError('an unknown encoding');
  }
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});
const bitsFor = (level: number): number => 32 - Math.clz32(level);

function joined(pages: readonly ColumnValues[]): ColumnValues {
  const [only, ...more] = pages;
  if (only && more.length === 0) return only;
  const all: unknown[] = [];
  for (const page of pages) for (const value of page) all.push(value);
  return all;
}
