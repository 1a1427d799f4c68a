/** Lines over an axis. */
import { line } from 'd3-shape';
import type { LineData, LineSeries } from './chart-data';
import type { Drawing, Mark, Role } from './drawing';
import { lineSwatch, withLegend } from './legend';
import { plotOf } from './plot';

const HEIGHT = { low: 176, tall: 272 } as const;
interface Look {
  readonly stroke: Role;
  readonly strokeWidth: number;
  readonly opacity: number;
}
const LOOKS: Readonly<Record<LineSeries['kind'], Look>> = {
  kept: { stroke: 'machine', strokeWidth: 2.5, opacity: 1 },
  line: { stroke: 'machine', strokeWidth: 2.5, opacity: 1 },
  faint: { stroke: 'machine', strokeWidth: 1, opacity: 0.45 },
  all: { stroke: 'ink-3', strokeWidth: 1.5, opacity: 1 },
  rings: { stroke: 'ink', strokeWidth: 1.5, opacity: 1 },
};

export function lineDrawing(data: LineData, width: number): Drawing {
  const { maxX, maxY, minY = 0, series, marks = [], tall = false } = data;
  const share = (x: number): number => x / (maxX || 1);
  const plot = plotOf(
    width,
    tall ? HEIGHT.tall : HEIGHT.low,
    data.ticksX,
    data.ticksY,
    data.axisX,
    marks.map(({ x, label }) => ({
      at: share(x),
      label,
      stroke: 'ink-3',
      strokeWidth: 1,
      dashed: true,
    })),
  );
  const x = (at: number): number => plot.x(share(at));
  const y = (at: number): number => plot.y((at - minY) / (maxY - minY || 1));
  const drawn = series.filter(({ points }) => points.length > 0);
  const lines = drawn.map(({ kind, points }): Mark => {
    const d = line<(typeof points)[number]>(
      (point) => x(point.x),
      (point) => y(point.y),
    )(points);
    return { kind: 'path', d: d ?? '', ...LOOKS[kind] };
  });
  const dots = drawn.flatMap(({ kind, points }) =>
    kind === 'kept' || kind === 'rings'
      ? points.map((point): Mark => ({
          ...dot(kind, x(point.x), y(point.y)),
          title: point.label,
          value: point.y,
        }))
      : [],
  );
  return withLegend(
    drawn.map(({ kind, label }) => {
      const { stroke, strokeWidth, opacity } = LOOKS[kind];
      const swatch = lineSwatch(stroke, strokeWidth, opacity);
      return { label, swatch: kind === 'rings' ? [...swatch, dot(kind, 9, 6)] : swatch };
    }),
    {
      width,
      height: plot.height,
      marks: [...plot.axes, ...lines, ...plot.lines, ...dots],
      spoken: marks.map(({ label }) => label),
    },
  );
}

const dot = (kind: 'kept' | 'rings', x: number, y: number): Mark =>
  kind === 'kept'
    ? { kind: 'circle', x, y, r: 4, fill: 'machine', stroke: 'surface', strokeWidth: 1.5 }
    : { kind: 'circle', x, y, r: 4, fill: 'surface', stroke: 'ink', strokeWidth: 2 };
