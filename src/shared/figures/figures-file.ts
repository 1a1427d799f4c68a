/** All figures of a screen in one archive: each as a picture, and as a table for a spreadsheet. */
import { csvRow } from '../../io/csv-writer';
import type { SavableChart } from '../../ui/charts/screen-charts';
import { writeZip, type ZipInput } from '../../io/zip-writer';

/** Numbers as people read them, `1,234`, are text to a spreadsheet; without the comma they are numbers. */
const plain = (cell: string): string =>
  /^\d{1,3}(?:,\d{3})+$/u.test(cell) ? cell.replaceAll(',', '') : cell;

/** @param now milliseconds since 1970 */
export function figuresFile(figures: readonly SavableChart[], now: number): Promise<Blob> {
  const files = figures.flatMap(({ file, table, svg }): ZipInput[] => {
    const rows = [table.columns, ...table.rows.map((cells) => cells.map(plain))];
    const csv = new Blob(rows.map(csvRow), { type: 'text/csv' });
    return [...(svg ? [{ path: `${file}.svg`, content: svg }] : []), { path: `${file}.csv`, content: csv }];
  });
  return writeZip(files, now, new AbortController().signal, () => undefined);
}
