/** Figures of an evaluation as charts and as the tables behind them: for the screen and for the report alike. */
import type { EvaluatedModel } from '../../core/evaluation/evaluation';
import type { EvaluationFigures, Measure, PartTable } from '../../core/evaluation/figures';
import type { Interval } from '../../core/evaluation/resampling';
import { PUBLISHED_MODELS, type PublishedModel } from '../../core/evaluation/published';
import { axisTo } from '../../ui/charts/axis';
import type { ChartTable, IntervalData, IntervalRow } from '../../ui/charts/chart-data';
import { count, decimal } from '../../ui/format';
import { range, WORDS } from './words';

/** Which published figures are shown below ours. */
export type References = 'userTasks' | 'superNI' | 'none';
const words = WORDS.charts;

const published = (references: References): readonly { readonly name: string; readonly value: number }[] =>
  references === 'none'
    ? []
    : PUBLISHED_MODELS.flatMap((model: PublishedModel) => {
        const value = model[references];
        return value === null ? [] : [{ name: model.name, value }];
      });

const kindOf = ({ origin }: EvaluatedModel): 'before' | 'after' =>
  origin === 'finetuned' ? 'after' : 'before';

const figureRow = (
  model: EvaluatedModel,
  interval: Interval,
  label = model.name,
  band = false,
): IntervalRow => ({
  kind: kindOf(model),
  label,
  value: interval.mean,
  interval,
  band,
  text: words.interval(interval),
});

function dataOf(rows: readonly IntervalRow[], axis: string): IntervalData {
  const most = rows.reduce(
    (max, row) => (row.kind === 'heading' ? max : Math.max(max, row.interval?.high ?? row.value)),
    0,
  );
  const { max, ticks } = axisTo(Math.max(most, 1), 4, false);
  const { finetuned: after, others: before, published: paper } = WORDS.scores;
  return { max, ticks, axis, kinds: { after, before, paper }, rows };
}

const measured = (
  { rougeL, exact }: { readonly rougeL: Interval | null; readonly exact: Interval | null },
  measure: Measure,
): Interval | null => (measure === 'rouge-l' ? rougeL : exact);

export function scoreData({ models, measure }: EvaluationFigures, references: References): IntervalData {
  const ours = models.flatMap((figures): IntervalRow[] => {
    const interval = measured(figures, measure);
    return interval ? [figureRow(figures.model, interval, figures.model.name, true)] : [];
  });
  const theirs = published(references).map(({ name, value }): IntervalRow => ({
    kind: 'paper',
    label: name,
    value,
    interval: null,
    text: decimal(value),
  }));
  const heading: readonly IntervalRow[] =
    references === 'none' || theirs.length === 0
      ? []
      : [{ kind: 'heading', label: words.published[references] }];
  return dataOf([...ours, ...heading, ...theirs], words.axis(measure));
}

export function scoreTable({ models, measure }: EvaluationFigures, references: References): ChartTable {
  return {
    columns: [words.model, WORDS.measures[measure], words.intervalColumn, words.answers],
    rows: [
      ...models.map((figures) => {
        const interval = measured(figures, measure);
        return [
          figures.model.name,
          interval ? decimal(interval.mean) : WORDS.none,
          interval ? range(interval) : WORDS.none,
          count(figures.answers),
        ];
      }),
      ...published(references).map(({ name, value }) => [
        words.publishedName(name),
        decimal(value),
        WORDS.none,
        WORDS.none,
      ]),
    ],
  };
}

/** Parts shown in a chart; the table has all of them. */
const MOST_PARTS = 8;

export function partData({ parts, models, kind }: PartTable, measure: Measure): IntervalData {
  const rows = parts.slice(0, MOST_PARTS).flatMap(({ part, models: figures }): IntervalRow[] => [
    { kind: 'heading', label: words.part(part.label, part.places.length) },
    ...figures.flatMap((interval, i): IntervalRow[] => {
      const model = models[i];
      return interval && model ? [figureRow(model, interval)] : [];
    }),
  ]);
  return dataOf(rows, words.partAxis(measure, kind));
}
export const hiddenParts = ({ parts }: PartTable): number => Math.max(0, parts.length - MOST_PARTS);

export function partTable({ parts, models, kind }: PartTable): ChartTable {
  return {
    columns: [WORDS.parts[kind], words.tasks, ...models.flatMap(({ name }) => [name, words.intervalColumn])],
    rows: parts.map(({ part, models: figures }) => [
      part.label,
      count(part.places.length),
      ...figures.flatMap((interval) =>
        interval ? [decimal(interval.mean), range(interval)] : [WORDS.none, WORDS.none],
      ),
    ]),
  };
}
