/** What can be saved of an evaluation: answers as CSV, each model's predictions, and the report as one archive. */
import type { EvaluationRecord, EvaluationTask } from '../../core/evaluation/evaluation';
import type { EvaluationFigures, PairFigures } from '../../core/evaluation/figures';
import type { ScoreOptions } from '../../core/evaluation/score';
import { type AnswerColumns, answersCsv, predictionLines } from '../../export/evaluation-files';
import { type ReportFacts, evaluationReport } from '../../export/evaluation-report';
import { fileName } from '../../io/file-name';
import { writeZip } from '../../io/zip-writer';

/** An evaluation with the figures that are on the screen. */
export interface Evaluated {
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  readonly figures: EvaluationFigures;
  readonly pair: PairFigures | null;
  readonly scoring: ScoreOptions;
  readonly version: string;
}
/** A drawn chart. */
export interface Plot {
  readonly path: string;
  readonly title: string;
  readonly content: Blob;
}

export const columnsOf = ({ record, figures }: Evaluated): readonly AnswerColumns[] =>
  record.models.map((model) => ({ model, sheet: figures.sheets.get(model.key) ?? [] }));

export const csvBlob = (evaluated: Evaluated): Blob =>
  new Blob([...answersCsv(evaluated.tasks, columnsOf(evaluated))], { type: 'text/csv' });
export const predictionsBlob = ({ tasks, record }: Evaluated, columns: AnswerColumns): Blob =>
  new Blob([...predictionLines(tasks, columns, record.config)], { type: 'application/jsonl' });
/** `e0001-m02-self-instruct.jsonl`: keys keep equal names apart. */
export const predictionsName = ({ record }: Evaluated, { model }: AnswerColumns): string =>
  `${record.id}-${model.key}-${fileName(model.name)}.jsonl`;

export const reportName = ({ record }: Evaluated): string => `${record.id}-${fileName(record.name)}.zip`;
export function reportZip(
  evaluated: Evaluated,
  parts: ReportFacts['parts'],
  plots: readonly Plot[],
  mtime: number,
): Promise<Blob> {
  const report = evaluationReport({ ...evaluated, parts, plots });
  const files = [
    { path: 'report.md', content: new Blob([report], { type: 'text/markdown' }) },
    ...plots.map(({ path, content }) => ({ path, content })),
    { path: 'answers.csv', content: csvBlob(evaluated) },
    ...columnsOf(evaluated).map((columns) => ({
      path: `predictions/${predictionsName(evaluated, columns)}`,
      content: predictionsBlob(evaluated, columns),
    })),
  ];
  return writeZip(files, mtime, new AbortController().signal, () => undefined);
}
