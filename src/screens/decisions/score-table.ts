/** The histogram of scores as a table: the same ranges and the same counts. */
import { BINS, type Bin } from '../../core/decisions/preview';
import type { ChartTable } from '../../ui/charts/chart-data';
import { count } from '../../ui/format';

export const KINDS = ['kept', 'newlyKept', 'newlyRejected', 'rejected'] as const;
export const KIND_WORDS: Readonly<Record<(typeof KINDS)[number], string>> = {
  kept: 'Kept',
  newlyKept: 'Newly kept',
  newlyRejected: 'Newly rejected',
  rejected: 'Rejected',
};

export const rangeWords = (bin: number): string =>
  `${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;

/** Empty ranges are left out. */
export const scoreTable = (bins: readonly Readonly<Bin>[]): ChartTable => ({
  columns: ['Highest ROUGE-L', ...KINDS.map((kind) => KIND_WORDS[kind])],
  rows: bins
    .map((bin, i) => ({ bin, range: rangeWords(i) }))
    .filter(({ bin }) => KINDS.some((kind) => bin[kind] > 0))
    .map(({ bin, range }) => [range, ...KINDS.map((kind) => count(bin[kind]))]),
});
