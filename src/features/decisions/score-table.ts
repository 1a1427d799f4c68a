/** The histogram of scores as a table, and as a chart: the same ranges and the same counts. */
import { BINS, type ScoreBin } from '../../core/decisions/preview';
import type { ChartTable, HistogramClass, HistogramData } from '../../ui/charts/chart-data';
import { count, decimal } from '../../ui/format';

const KINDS = ['kept', 'newlyKept', 'newlyRejected', 'rejected'] as const;
type Kind = (typeof KINDS)[number];
const KIND_WORDS: Readonly<Record<Kind, string>> = {
  kept: 'Kept',
  newlyKept: 'Newly kept',
  newlyRejected: 'Newly rejected',
  rejected: 'Rejected',
};

const rangeWords = (bin: number): string => `${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;

/** Empty ranges are left out. */
export const scoreTable = (bins: readonly Readonly<ScoreBin>[]): ChartTable => ({
  columns: ['Highest ROUGE-L', ...KINDS.map((kind) => KIND_WORDS[kind])],
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
  classes: KINDS.map((kind) => ({ label: KIND_WORDS[kind], ...LOOKS[kind] })),
  bars: bins.map((bin, i) => ({ label: rangeWords(i), counts: KINDS.map((kind) => bin[kind]) })),
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: decimal(at) })),
  marks: [
    { at: stored, kind: 'paper', label: `${decimal(stored, 2)}, this run` },
    ...(moved === null ? [] : [{ at: moved, kind: 'ours' as const, label: `${decimal(moved, 2)}, preview` }]),
  ],
  axis: 'highest ROUGE-L to the task pool',
  tall: true,
});
