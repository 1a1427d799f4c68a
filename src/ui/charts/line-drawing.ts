/** Lines over an axis: their paths in a box from 0 to 1, and as shapes for a file. */
import { line } from 'd3-shape';
import type { LineData, LineSeries } from './chart-data';
import { axisText, type Drawing, type Role, type Shape } from './drawing';

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 40;
const STROKES: Readonly<Record<LineSeries['kind'], readonly [stroke: Role, width: number]>> = {
  kept: ['machine', 2.5],
  line: ['machine', 2.5],
  faint: ['selected', 1],
  all: ['ink-3', 1.5],
  rings: ['ink', 1.5],
};
/** A circle around (0, 0). */
const RING = 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0';

/** How far up the axis a value stands, from 0 to 1. */
export const shareUp = ({ minY = 0, maxY }: LineData, y: number): number => (y - minY) / (maxY - minY || 1);

/** The path of a series in a box of this size; y grows downwards. */
export function linePath(data: LineData, series: LineSeries, width: number, height: number): string {
  const path = line<LineSeries['points'][number]>(
    ({ x }) => (width * x) / (data.maxX || 1),
    ({ y }) => height - height * shareUp(data, y),
  );
  return path(series.points) ?? '';
}

export function lineDrawing(data: LineData): Drawing {
  const top = 20;
  const bottom = top + HEIGHT;
  const plot = WIDTH - LEFT;
  const shapes: Shape[] = [];
  for (const { at, label } of data.ticksY) {
    const y = bottom - at * HEIGHT;
    shapes.push({ kind: 'path', d: `M${LEFT} ${y}H${WIDTH}`, stroke: at === 0 ? 'control' : 'line' });
    shapes.push(axisText(label, LEFT - 8, y + 4, 'end'));
  }
  for (const { at, label } of data.ticksX) {
    shapes.push(axisText(label, LEFT + at * plot, bottom + 18, 'middle'));
  }
  shapes.push(axisText(data.axisX, LEFT + plot / 2, bottom + 38, 'middle'));
  for (const { x, label } of data.marks ?? []) {
    const at = LEFT + (plot * x) / (data.maxX || 1);
    shapes.push({ kind: 'path', d: `M${at} ${top}V${bottom}`, stroke: 'ink-3', dashed: true });
    shapes.push(axisText(label, at + 5, top + 12, 'start'));
  }
  for (const [i, series] of data.series.entries()) {
    const [stroke, width] = STROKES[series.kind];
    shapes.push({ kind: 'path', d: linePath(data, series, plot, HEIGHT), stroke, width, at: [LEFT, top] });
    if (series.kind === 'rings') {
      for (const { x, y } of series.points) {
        const at = [LEFT + (plot * x) / (data.maxX || 1), bottom - HEIGHT * shareUp(data, y)] as const;
        shapes.push({ kind: 'path', d: RING, fill: 'surface', stroke, width: 2, at });
      }
    }
    shapes.push({ kind: 'rect', x: LEFT + 180 * i, y: 0, width: 18, height: 3, fill: stroke });
    shapes.push(axisText(series.label, LEFT + 180 * i + 24, 6, 'start', 'ink'));
  }
  return { width: WIDTH, height: bottom + 42, shapes };
}
