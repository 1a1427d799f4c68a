/** Where candidates go, as bars and as a table: the same numbers. */
import type { Funnel } from '../../core/analysis/funnel';
import type { ChartTable, FunnelData } from '../../ui/charts/chart-data';
import { count, percent } from '../../ui/format';
import { REASON_WORDS } from '../../ui/verdict-words';

type FunnelFigures = Omit<Funnel, 'complete'> & Partial<Pick<Funnel, 'complete'>>;

/** @param funnel what became complete is left out where it is not known: at another threshold than the run's */
export function funnelData({ candidates, steps, kept, complete }: FunnelFigures): FunnelData {
  const rows = [
    { label: 'Candidates', passed: candidates, dropped: 0, text: count(candidates) },
    ...steps.map(({ reason, dropped, left }) => ({
      label: REASON_WORDS[reason],
      passed: left,
      dropped,
      text: `−${count(dropped)}`,
    })),
    { label: 'Kept', passed: kept, dropped: 0, text: `${count(kept)} (${percent(kept, candidates)})` },
    ...(complete === undefined
      ? []
      : [{ label: 'With instances', passed: complete, dropped: 0, text: count(complete) }]),
  ];
  return { whole: candidates, rows };
}
export function funnelTable({ candidates, steps, kept, complete }: FunnelFigures): ChartTable {
  const of = (part: number): string => percent(part, candidates);
  return {
    columns: ['step', 'dropped here', 'left', 'left of all'],
    rows: [
      ['Candidates', '', count(candidates), of(candidates)],
      ...steps.map(({ reason, dropped, left }) => [
        REASON_WORDS[reason],
        count(dropped),
        count(left),
        of(left),
      ]),
      ['Kept', '', count(kept), of(kept)],
      ...(complete === undefined ? [] : [['With instances', '', count(complete), of(complete)]]),
    ],
  };
}
