/** Where candidates go, as bars and as a table: the same numbers. */
import type { Funnel } from '../../core/analysis/funnel';
import type { ChartTable, FunnelData } from '../../ui/charts/chart-data';
import { count, percent } from '../../ui/format';
import { REASON_WORDS } from '../../ui/verdict-words';
import { WORDS } from './words';

/** `complete` is absent where it is unknown: at another threshold than the run's. */
type FunnelFigures = Omit<Funnel, 'complete'> & Partial<Pick<Funnel, 'complete'>>;

const rowsOf = ({ candidates, steps, kept, complete }: FunnelFigures) => [
  { label: WORDS.funnel.candidates, rejected: 0, left: candidates },
  ...steps.map(({ reason, rejected, left }) => ({ label: REASON_WORDS[reason], rejected, left })),
  { label: WORDS.funnel.accepted, rejected: 0, left: kept },
  ...(complete === undefined ? [] : [{ label: WORDS.funnel.withInstances, rejected: 0, left: complete }]),
];

/** The bars of a funnel. */
export function funnelData(funnel: FunnelFigures): FunnelData {
  const whole = funnel.candidates;
  const textOf = (left: number): string =>
    left === whole ? count(left) : `${count(left)} (${percent(left, whole)})`;
  const rows = rowsOf(funnel).map(({ label, rejected, left }) => ({
    label,
    passed: left,
    rejected,
    text: rejected > 0 ? `−${count(rejected)}` : textOf(left),
  }));
  return { whole, rows, legend: WORDS.funnel.legend };
}
/** The table of a funnel: a row for each bar. */
export const funnelTable = (funnel: FunnelFigures): ChartTable => ({
  columns: WORDS.funnel.columns,
  rows: rowsOf(funnel).map(({ label, rejected, left }) => [
    label,
    rejected > 0 ? count(rejected) : '',
    count(left),
    percent(left, funnel.candidates),
  ]),
});
