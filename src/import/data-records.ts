/** The records of a file: JSON lines, a JSON list, CSV or Parquet, told apart by the bytes. */
import { parseTextRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import { BACKUP_FORMAT } from '../core/schema';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import { readRecords, utf8 } from '../io/records';
import { type CsvRecord, CsvSplitter, withoutGuard } from '../io/csv-reader';
import { WORDS as IO_WORDS } from '../io/words';
import { distinctNames } from './column-names';
import { WORDS } from './words';

export type Container = 'zip' | 'parquet' | 'json' | 'csv';

/** A record, or what is wrong with it; `line` is a row number in Parquet files. */
export type DataRecord =
  { readonly line: number; readonly value: unknown } | { readonly line: number; readonly problem: string };

/** The longest record that is read, in bytes. */
const MAX_RECORD = 16 * 1024 * 1024;

/** @throws AppError bad-file when it can no longer be read */
export async function containerOf(file: File): Promise<Container> {
  const head = await fileBytes(file.slice(0, 4096));
  const [a, b, c, d] = head;
  // The second is an archive without files, which begins with its end record.
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  if (a === 0x50 && b === 0x41 && c === 0x52 && d === 0x31) return 'parquet';
  // The zeros are halves of UTF-16 characters.
  const first = new TextDecoder()
    .decode(head)
    .replaceAll('\0', '')
    .replace(/^[\s\ufeff\ufffd]+/u, '')[0];
  return first === '{' || first === '[' ? 'json' : 'csv';
}

/** What the first record of a JSON file says it is the header of: one run, or everything. */
export async function backupKind(file: File, signal: StopSignal): Promise<'backup' | 'snapshot' | null> {
  for await (const records of dataRecords(file, 'json', signal, () => undefined)) {
    for (const record of records) {
      if (!('value' in record) || typeof record.value !== 'object' || record.value === null) return null;
      if ((record.value as { readonly format?: unknown }).format !== BACKUP_FORMAT) return null;
      return 'snapshot' in record.value ? 'snapshot' : 'backup';
    }
  }
  return null;
}

/** @param onProgress gets the share of the file that has been read, 0 to 1 */
export async function* dataRecords(
  file: File,
  container: Exclude<Container, 'zip'>,
  signal: StopSignal,
  onProgress: (share: number) => void,
): AsyncGenerator<readonly DataRecord[]> {
  switch (container) {
    case 'json':
      yield* jsonRecords(file, signal, onProgress);
      break;
    case 'csv':
      yield* csvRecords(file, signal, onProgress);
      break;
    case 'parquet': {
      const { parquetRows } = await import('./parquet-rows');
      for await (const { first, rows, share } of parquetRows(file, signal)) {
        yield rows.map((row, i) => ({ line: first + i, ...row }));
        onProgress(share);
      }
      break;
    }
  }
}

async function* jsonRecords(
  file: File,
  signal: StopSignal,
  onProgress: (share: number) => void,
): AsyncGenerator<readonly DataRecord[]> {
  const options = {
    maxRecordBytes: MAX_RECORD,
    lists: true,
    signal,
    onProgress: (bytes: number) => onProgress(bytes / Math.max(1, file.size)),
  };
  for await (const records of readRecords(file, options)) {
    yield records.map((record) => {
      const { line } = record;
      const parsed = parseTextRecord(record);
      return parsed.ok ? { line, value: parsed.value } : { line, problem: parsed.reason };
    });
  }
}

async function* csvRecords(
  file: File,
  signal: StopSignal,
  onProgress: (share: number) => void,
): AsyncGenerator<readonly DataRecord[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const splitter = new CsvSplitter(MAX_RECORD);
  let names: readonly string[] | null = null;
  let read = 0;
  const named = (records: readonly CsvRecord[]): DataRecord[] => {
    const rows: DataRecord[] = [];
    for (const record of records) {
      if ('problem' in record) rows.push(record);
      else if (names === null) names = distinctNames(record.cells.map((cell) => cell.trim().toLowerCase()));
      else rows.push(rowOf(record.line, names, record.cells));
    }
    return rows;
  };
  for await (const bytes of utf8(file)) {
    signal.throwIfAborted();
    yield named(splitter.push(decode(decoder, bytes, file)));
    read += bytes.length;
    onProgress(read / Math.max(1, file.size));
  }
  yield named([...splitter.push(decode(decoder, undefined, file)), ...splitter.end()]);
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, { name }: File): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch (error) {
    const detail = IO_WORDS.unreadable(name, IO_WORDS.notUtf8);
    throw new AppError({ kind: 'bad-file', detail }, { cause: error });
  }
}

function rowOf(line: number, names: readonly string[], cells: readonly string[]): DataRecord {
  if (cells.length !== names.length) {
    return { line, problem: WORDS.data.cells(cells.length, names.length) };
  }
  // This way a name like __proto__ becomes a plain key.
  return { line, value: Object.fromEntries(names.map((name, i) => [name, withoutGuard(cells[i] ?? '')])) };
}
