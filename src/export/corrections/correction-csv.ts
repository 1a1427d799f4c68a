/** Tasks for an expert as CSV: a row for each instance. */
import { CORRECTION_COLUMNS, correctionCells, runFingerprint } from '../../core/review/correction-file';
import type { RunRecord } from '../../core/run';
import type { Task } from '../../core/task';
import { csvRow } from '../../io/csv-writer';

/** The file as pieces of text. It begins with a byte order mark: Excel takes other files for those of an old alphabet. */
export async function* correctionCsv(
  pages: AsyncIterable<readonly Task[]>,
  run: RunRecord,
): AsyncGenerator<string> {
  const print = runFingerprint(run);
  yield `\ufeff${csvRow(CORRECTION_COLUMNS)}`;
  for await (const tasks of pages) {
    yield tasks.flatMap((task) => correctionCells(print, task).map(csvRow)).join('');
  }
}
