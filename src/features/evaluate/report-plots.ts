/** The charts of an evaluation as files for its report, and the tables behind them. */
import { PART_KINDS, type PartTable } from '../../core/evaluation/figures';
import type { Evaluated, Plot } from './evaluation-files';
import type { EvaluationResults } from '../../app/evaluation/evaluation-results.svelte';
import type { IntervalData } from '../../ui/charts/chart-data';
import { framed } from '../../ui/charts/chart-file';
import { intervalDrawing } from '../../ui/charts/interval-drawing';
import { chartSvg } from '../../ui/charts/save-chart';
import { type References, partData, scoreData } from '../../shared/scores/score-charts';
import { WORDS } from '../../shared/scores/words';

/** Of a chart in the report. */
const WIDTH = 680;

export interface ReportPlots {
  readonly parts: readonly { readonly title: string; readonly table: PartTable }[];
  readonly plots: readonly Plot[];
}

/** @param results asked for the parts that are not on the screen */
export async function reportPlots(
  { record, figures }: Evaluated,
  results: EvaluationResults,
  references: References,
): Promise<ReportPlots> {
  const { measure } = figures;
  const plots: Plot[] = [];
  const draw = (path: string, title: string, data: IntervalData): void => {
    if (!data.rows.some(({ kind }) => kind === 'before' || kind === 'after')) return;
    const drawing = intervalDrawing(data, WIDTH);
    const content = chartSvg(framed(title, `${record.name}: ${record.set.name}`, drawing));
    plots.push({ path, title, content });
  };
  const shown = measure === 'exact' ? 'none' : references;
  draw('plots/scores.svg', WORDS.measures[measure], scoreData(figures, shown));
  const parts: { title: string; table: PartTable }[] = [];
  for (const kind of PART_KINDS) {
    const table = await results.partsFor(kind);
    // A set where all tasks are alike has nothing to be divided by.
    if (!table || table.parts.length < 2) continue;
    const title = WORDS.charts.byPart(measure, kind);
    parts.push({ title, table });
    draw(`plots/by-${kind}.svg`, title, partData(table, measure));
  }
  return { parts, plots };
}
