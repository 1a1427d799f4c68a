/** Bars over an axis, with labelled lines for means and limits. */
import { count as counted, short } from '../format';
import { axisTo } from './axis';
import type { HistogramData, HistogramMark } from './chart-data';
import type { Drawing, Mark, Role } from './drawing';
import { squareSwatch, withLegend } from './legend';
import { plotOf } from './plot';

const HEIGHT = { low: 144, tall: 208 } as const;
const MARK_ROLE: Readonly<Record<HistogramMark['kind'], Role>> = {
  ours: 'ink',
  paper: 'paper',
  limit: 'dropped',
};

export function histogramDrawing(data: HistogramData, width: number): Drawing {
  const { classes, bars, ticks, marks, axis, tall = false } = data;
  const sizeOf = (counts: readonly number[]): number => counts.reduce((sum, part) => sum + part, 0);
  const most = axisTo(Math.max(1, ...bars.map(({ counts }) => sizeOf(counts))), tall ? 4 : 3, true);
  const height = tall ? HEIGHT.tall : HEIGHT.low;
  const plot = plotOf(
    width,
    height,
    ticks,
    most.ticks.map((tick) => ({ at: tick / most.max, label: short(tick) })),
    axis,
    marks.map(({ at, label, kind }) => ({
      at,
      label,
      stroke: MARK_ROLE[kind],
      strokeWidth: 2,
      dashed: kind !== 'ours',
    })),
  );
  const parts = bars.flatMap(({ label, counts }, i): Mark[] => {
    const left = plot.x(i / bars.length);
    const step = plot.x((i + 1) / bars.length) - left;
    let y = plot.bottom;
    return classes.flatMap(({ label: name, fill, pattern }, n): Mark[] => {
      const count = counts[n] ?? 0;
      // Of several parts, those of nothing are left out.
      if (count === 0 && classes.length > 1) return [];
      const size = count === 0 ? 0 : Math.max(1, (height * count) / most.max);
      y -= size;
      return [
        {
          kind: 'rect',
          x: left + step * 0.06,
          y,
          width: step * 0.88,
          height: size,
          fill,
          ...(pattern ? { pattern } : {}),
          title: `${label}: ${name === '' ? '' : `${name} `}${counted(count)}`,
          value: count,
        },
      ];
    });
  });
  const named = classes.filter(({ label }) => label !== '');
  return withLegend(
    named.map(({ label, fill, pattern }) => ({
      label,
      swatch: squareSwatch(fill, pattern ? { pattern } : {}),
    })),
    {
      width,
      height: plot.height,
      marks: [...plot.axes, ...parts, ...plot.lines],
      spoken: marks.map(({ label }) => label),
    },
  );
}
