/** The histogram of scores as a table, and as a chart: the same ranges and the same counts. */
import { BINS, type ScoreBin } from '../../core/decisions/preview';
import type { ChartTable, HistogramClass, HistogramData } from '../../ui/charts/chart-data';
import { count, decimal } from '../../ui/format';
import { WORDS } from './words';

const KINDS = ['kept', 'newlyKept', 'newlyRejected', 'rejected'] as const;
type Kind = (typeof KINDS)[number];
const words = WORDS.threshold;

const rangeWords = (bin: number): string => words.range(bin / BINS, (bin + 1) / BINS);

/** Empty ranges are left out. */
export const scoreTable = (bins: readonly Readonly<ScoreBin>[]): ChartTable => ({
  columns: words.columns,
  rows: bins
    .map((bin, i) => ({ bin, range: rangeWords(i) }))
    .filter(({ bin }) => KINDS.some((kind) => bin[kind] > 0))
    .map(({ bin, range }) => [range, ...KINDS.map((kind) => count(bin[kind]))]),
});

const LOOKS: Readonly<Record<Kind, Omit<HistogramClass, 'label'>>> = {
  kept: { fill: 'machine' },
  newlyKept: { fill: 'machine', pattern: 'stripes' },
  newlyRejected: { fill: 'dropped', pattern: 'stripes' },
  rejected: { fill: 'dropped', pattern: 'hatch' },
};

/** @param moved the threshold of the preview; null at the run's own */
export const scoreData = (
  bins: readonly Readonly<ScoreBin>[],
  stored: number,
  moved: number | null,
): HistogramData => ({
  classes: KINDS.map((kind, i) => ({ label: words.columns[i + 1] ?? '', ...LOOKS[kind] })),
  bars: bins.map((bin, i) => ({ label: rangeWords(i), counts: KINDS.map((kind) => bin[kind]) })),
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: decimal(at) })),
  marks: [
    { at: stored, kind: 'paper', label: words.thisRun(stored) },
    ...(moved === null ? [] : [{ at: moved, kind: 'ours' as const, label: words.preview(moved) }]),
  ],
  axis: words.axis,
  tall: true,
});
