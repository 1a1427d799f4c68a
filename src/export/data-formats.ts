/** All data formats, text and Parquet, as files that can be written. */
import type { Task } from '../core/task';
import { type ExportOptions, type Format, FORMATS, type FormatId, writeFormat } from './formats';
import { PARQUET_FILE, writeParquet } from './parquet';
import { WORDS } from './words';

export type DataFormatId = FormatId | 'parquet';

export interface DataFormat extends Pick<Format, 'title' | 'note' | 'file' | 'type' | 'unit'> {
  readonly id: DataFormatId;
}

const PARQUET: DataFormat = {
  id: 'parquet',
  ...WORDS.formats.parquet,
  file: PARQUET_FILE,
  type: 'application/vnd.apache.parquet',
  unit: 'rows',
};
const DATA_FORMATS: readonly DataFormat[] = [...FORMATS, PARQUET];

export const dataFormat = (id: DataFormatId): DataFormat =>
  DATA_FORMATS.find((format) => format.id === id) ?? PARQUET;

export function writeData(
  id: DataFormatId,
  pages: AsyncIterable<readonly Task[]>,
  options: ExportOptions,
): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
  const format = FORMATS.find((one) => one.id === id);
  return format ? writeFormat(format, pages, options) : writeParquet(pages, options);
}
