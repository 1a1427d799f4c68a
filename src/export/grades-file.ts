/** Grades of answers as files: JSON lines and CSV, both read again by the app. */
import { GRADE_COLUMNS, gradeLine } from '../core/evaluation/grade-file';
import type { EvaluationRecord } from '../core/evaluation/evaluation';
import type { GradeRow } from '../core/evaluation/grading';
import { csvRow } from '../io/csv-writer';

export function* gradeLines({ set }: EvaluationRecord, rows: readonly GradeRow[]): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(gradeLine(row, set.print))}\n`;
}

/** Has one more column than the lines: the model's name, for readers of a spreadsheet. */
export function* gradesCsv({ set, models }: EvaluationRecord, rows: readonly GradeRow[]): Generator<string> {
  yield csvRow([...GRADE_COLUMNS, 'model_name']);
  const names = new Map(models.map(({ key, name }) => [key, name]));
  for (const row of rows) {
    const line = gradeLine(row, set.print);
    yield csvRow([
      ...GRADE_COLUMNS.map((column) => String(line[column])),
      names.get(row.modelKey) ?? row.modelKey,
    ]);
  }
}
