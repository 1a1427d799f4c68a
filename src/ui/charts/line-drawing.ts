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
/** Radius of a dot. */
const WIDEST = 4;
const LOOKS: Readonly<Record<LineSeries['kind'], Look>> = {
  kept: { stroke: 'machine', strokeWidth: 2.5, opacity: 1 },
  line: { stroke: 'machine', strokeWidth: 2.5, opacity: 1 },
  faint: { stroke: 'machine', strokeWidth: 1, opacity: 0.45 },
  all: { stroke: 'ink-3', strokeWidth: 1.5, opacity: 1 },
  rings: { stroke: 'ink', strokeWidth: 1.5, opacity: 1 },
  squares: { stroke: 'human', strokeWidth: 2, opacity: 1 },
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
  // Dots that would hide their line are smaller.
  const radius = (dots: number): number =>
    Math.min(WIDEST, Math.max(1.5, (plot.x(1) - plot.x(0)) / dots / 4));
  const drawn = series.filter(({ points }) => points.length > 0);
  const lines = drawn.map(({ kind, points }): Mark => {
    const d = line<(typeof points)[number]>(
      (point) => x(point.x),
      (point) => y(point.y),
    )(points);
    return { kind: 'path', d: d ?? '', ...LOOKS[kind] };
  });
  const intervals = drawn.flatMap(({ kind, points }) =>
    points.flatMap(({ x: at, interval }): Mark[] =>
      interval
        ? [
            {
              kind: 'line',
              from: [x(at), y(interval.low)],
              to: [x(at), y(interval.high)],
              stroke: LOOKS[kind].stroke,
              strokeWidth: 1.5,
              opacity: 0.6,
            },
          ]
        : [],
    ),
  );
  const dots = drawn.flatMap(({ kind, points }) =>
    hasDots(kind)
      ? points.map((point): Mark => ({
          ...dot(kind, x(point.x), y(point.y), radius(points.length)),
          title: point.label,
          value: point.y,
        }))
      : [],
  );
  return withLegend(
    drawn.map(({ kind, label }) => {
      const { stroke, strokeWidth, opacity } = LOOKS[kind];
      const swatch = lineSwatch(stroke, strokeWidth, opacity);
      return {
        label,
        swatch: hasDots(kind) && kind !== 'kept' ? [...swatch, dot(kind, 9, 6, WIDEST)] : swatch,
      };
    }),
    {
      width,
      height: plot.height,
      marks: [...plot.axes, ...intervals, ...lines, ...plot.lines, ...dots],
      spoken: marks.map(({ label }) => label),
    },
  );
}

/** Looks with a mark for each point. */
type Dotted = Extract<LineSeries['kind'], 'kept' | 'rings' | 'squares'>;
const hasDots = (kind: LineSeries['kind']): kind is Dotted =>
  kind === 'kept' || kind === 'rings' || kind === 'squares';

function dot(kind: Dotted, x: number, y: number, r: number): Mark & { readonly kind: 'circle' | 'rect' } {
  switch (kind) {
    case 'kept':
      return { kind: 'circle', x, y, r, fill: 'machine', stroke: 'surface', strokeWidth: r * 0.4 };
    case 'rings':
      return { kind: 'circle', x, y, r, fill: 'surface', stroke: 'ink', strokeWidth: r / 2 };
    case 'squares':
      return { kind: 'rect', x: x - r, y: y - r, width: 2 * r, height: 2 * r, fill: 'human' };
  }
}
