/** The report of an evaluation as one archive: Markdown, plots, answers as CSV, and each model's predictions. */
import { PART_KINDS, type EvaluationFigures, type PairFigures } from '../../core/evaluation/figures';
import type { EvaluationRecord, EvaluationTask } from '../../core/evaluation/evaluation';
import type { ScoreOptions } from '../../core/evaluation/score';
import { type AnswerColumns, answersCsv, fileName, predictionLines } from '../../export/evaluation-files';
import { evaluationReport } from '../../export/evaluation-report';
import type { EvaluationResults } from '../../state/evaluation-results.svelte';
import type { ZipInput } from '../../export/passport/zip';
import { framed } from '../../ui/charts/drawing';
import { intervalDrawing } from '../../ui/charts/interval-drawing';
import { chartSvg } from '../../ui/charts/save-chart';
import { type References, partData, scoreData } from './score-charts';
import { MEASURE_NAME, PART_TITLES } from './score-words';

export interface Evaluated {
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  readonly figures: EvaluationFigures;
  readonly pair: PairFigures | null;
  readonly scoring: ScoreOptions;
  readonly version: string;
}

export const columnsOf = ({
  record,
  figures,
}: Pick<Evaluated, 'record' | 'figures'>): readonly AnswerColumns[] =>
  record.models.map((model) => ({ model, sheet: figures.sheets.get(model.key) ?? [] }));

export const csvBlob = (evaluated: Evaluated): Blob =>
  new Blob([...answersCsv(evaluated.tasks, columnsOf(evaluated))], { type: 'text/csv' });
export const predictionsBlob = ({ tasks, record }: Evaluated, columns: AnswerColumns): Blob =>
  new Blob([...predictionLines(tasks, columns, record.config)], { type: 'application/jsonl' });
/** `e0001-m02-self-instruct.jsonl`: keys keep equal names apart. */
export const predictionsName = ({ record }: Evaluated, { model }: AnswerColumns): string =>
  `${record.id}-${model.key}-${fileName(model.name)}.jsonl`;

/** @param results asked for the parts that are not on the screen */
export async function reportFiles(
  evaluated: Evaluated,
  results: EvaluationResults,
  references: References,
): Promise<readonly ZipInput[]> {
  const { record, figures } = evaluated;
  const { measure } = figures;
  const shown = measure === 'exact' ? 'none' : references;
  const plots: { path: string; title: string; content: Blob }[] = [];
  const draw = (path: string, title: string, data: ReturnType<typeof scoreData>): void => {
    if (!data.rows.some(({ kind }) => kind === 'before' || kind === 'after')) return;
    const content = chartSvg(framed(title, `${record.name}: ${record.set.name}`, intervalDrawing(data)));
    plots.push({ path, title, content });
  };
  draw('plots/scores.svg', MEASURE_NAME[measure], scoreData(figures, shown));
  const parts = [];
  for (const kind of PART_KINDS) {
    const table = await results.partsFor(kind);
    // A set where all tasks are alike has nothing to be divided by.
    if (!table || table.parts.length < 2) continue;
    const title = `${MEASURE_NAME[measure]} by ${PART_TITLES[kind].toLowerCase()}`;
    parts.push({ title, table });
    draw(`plots/by-${kind}.svg`, title, partData(table, measure));
  }
  const report = evaluationReport({ ...evaluated, parts, plots });
  return [
    { path: 'report.md', content: new Blob([report], { type: 'text/markdown' }) },
    ...plots.map(({ path, content }) => ({ path, content })),
    { path: 'answers.csv', content: csvBlob(evaluated) },
    ...columnsOf(evaluated).map((columns) => ({
      path: `predictions/${predictionsName(evaluated, columns)}`,
      content: predictionsBlob(evaluated, columns),
    })),
  ];
}
