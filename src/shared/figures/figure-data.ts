/** The figures of a run as charts and tables. What a chart shows, its table says in numbers. */
import type { Histogram } from '../../core/analysis/histogram';
import type { KeptPoint } from '../../core/analysis/kept-per-request';
import type { VerbNounFigures, VerbCount } from '../../core/analysis/pairs';
import type { PairQuery } from '../../core/analysis/run-analysis';
import { axisTo } from '../../ui/charts/axis';
import type { ChartTable, HistogramData, LineData } from '../../ui/charts/chart-data';
import type { SunburstInput, SunburstPart } from '../../ui/charts/sunburst';
import { count, decimal, percent } from '../../ui/format';
import { WORDS } from './words';

const MACHINE: HistogramData['classes'] = [{ label: '', fill: 'machine' }];

export function lengthData(histogram: Histogram, paperMean: number | null): HistogramData {
  const { bins, open, mean } = histogram;
  const span = bins.at(-1)?.to ?? 1;
  const width = (bins[0]?.to ?? 1) - (bins[0]?.from ?? 0);
  const every = Math.ceil(bins.length / 5);
  // A bar stands over whole numbers: the middle of the number n is at n + 0.5.
  const at = (words: number): number => (words + 0.5) / span;
  return {
    classes: MACHINE,
    bars: bins.map(({ from, to, count: n }, i) => ({
      label:
        open && i === bins.length - 1
          ? WORDS.histogram.orMore(from)
          : width === 1
            ? `${from}`
            : `${from}–${to - 1}`,
      counts: [n],
    })),
    ticks: bins.filter((_, i) => i % every === 0).map(({ from }) => ({ at: at(from), label: count(from) })),
    marks: [
      ...(mean === null
        ? []
        : [{ at: at(mean), kind: 'ours' as const, label: WORDS.histogram.ourMean(mean) }]),
      ...(paperMean === null
        ? []
        : [{ at: at(paperMean), kind: 'paper' as const, label: WORDS.histogram.paperMean(paperMean) }]),
    ],
    axis: WORDS.histogram.words,
  };
}

/** @param axis what was compared, in words */
export function scoreData({ bins, mean }: Histogram, threshold: number, axis: string): HistogramData {
  return {
    classes: MACHINE,
    bars: bins.map(({ from, to, count: n }) => ({
      label: `${from.toFixed(2)}–${to.toFixed(2)}`,
      counts: [n],
    })),
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: at.toFixed(1) })),
    marks: [
      ...(mean === null ? [] : [{ at: mean, kind: 'ours' as const, label: WORDS.histogram.mean(mean) }]),
      { at: threshold, kind: 'limit' as const, label: WORDS.histogram.threshold(threshold) },
    ],
    axis,
  };
}

/** Of a histogram with one class. @param unit of the axis, in a word  @param what is counted */
export function histogramTable(histogram: HistogramData, unit: string, what: string): ChartTable {
  const numbers = histogram.bars.map(({ label, counts: [n = 0] }) => ({ label, n }));
  const all = numbers.reduce((sum, { n }) => sum + n, 0);
  return {
    columns: [unit, what, WORDS.histogram.share],
    rows: numbers.map(({ label, n }) => [label, count(n), percent(n, all)]),
  };
}

const rangeOf = ({ from, to }: KeptPoint): string => (from === to ? `${from + 1}` : `${from + 1}–${to + 1}`);

export function keptData(points: readonly KeptPoint[]): LineData {
  const requests = (points.at(-1)?.to ?? 0) + 1;
  const x = axisTo(requests, 5, true);
  const y = axisTo(Math.max(0, ...points.map((point) => point.candidates / point.requests)), 4, false);
  const series = (
    kind: 'kept' | 'all',
    of: (point: KeptPoint) => number,
    label: string,
  ): LineData['series'][0] => ({
    label,
    kind,
    points: points.map((point) => ({
      x: (point.from + point.to) / 2 + 1,
      y: of(point) / point.requests,
      label: WORDS.accepted.requests(rangeOf(point), of(point) / point.requests, label),
    })),
  });
  return {
    maxX: x.max,
    maxY: y.max,
    ticksX: x.ticks.map((tick) => ({ at: tick / x.max, label: count(tick) })),
    ticksY: y.ticks.map((tick) => ({ at: tick / y.max, label: `${tick}` })),
    series: [
      series('all', (point) => point.candidates, WORDS.accepted.candidatesPerRequest),
      series('kept', (point) => point.kept, WORDS.accepted.acceptedPerRequest),
    ],
    axisX: WORDS.accepted.axis,
  };
}
export const keptTable = (points: readonly KeptPoint[]): ChartTable => ({
  columns: WORDS.accepted.columns,
  rows: points.map((point) => [
    rangeOf(point),
    count(point.candidates),
    count(point.kept),
    decimal(point.kept / point.requests, 2),
  ]),
});

export const sunburstInput = ({ verbs }: VerbNounFigures): readonly SunburstInput[] =>
  verbs.map(({ verb, count: n, nouns, others }) => ({
    label: verb,
    count: n,
    parts: nouns.map(({ noun, count: m, inSeeds }) => ({ label: noun, count: m, marked: inSeeds })),
    others,
  }));

/** The rows of the sunburst's table, each with what it asks for. */
export function pairRows({
  verbs,
}: VerbNounFigures): readonly { query: PairQuery; cells: readonly string[] }[] {
  return verbs.flatMap((verb) => {
    const rows = verb.nouns.map(({ noun, count: n, inSeeds }, index) => ({
      query: queryOf(verb, index),
      cells: [WORDS.pairs.pair(verb.verb, noun), count(n), inSeeds ? WORDS.pairs.yes : WORDS.pairs.no],
    }));
    if (verb.others === 0) return rows;
    const query = queryOf(verb, verb.nouns.length);
    return [...rows, { query, cells: [WORDS.pairs.otherObjects(verb.verb), count(verb.others), ''] }];
  });
}

/** What one part of the sunburst stands for. @param index of the noun; -1 the whole verb, past the last: the others */
export function queryOf({ verb, nouns }: VerbCount, index: number): PairQuery {
  const noun = nouns[index]?.noun ?? null;
  return { verb, noun, except: index < 0 || noun !== null ? [] : nouns.map((pair) => pair.noun) };
}
export function queryName({ verb, noun, except }: PairQuery): string {
  if (noun !== null) return WORDS.pairs.pair(verb, noun);
  return except.length > 0 ? WORDS.pairs.otherObjects(verb) : WORDS.pairs.anyObject(verb);
}

export function partName(verbs: readonly VerbCount[], part: SunburstPart): string {
  const verb = verbs[part.group];
  return verb ? queryName(queryOf(verb, part.index)) : part.label;
}
