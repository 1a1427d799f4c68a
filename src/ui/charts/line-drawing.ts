/** Lines over an axis: their paths in a box from 0 to 1, and as shapes for a file. */
import { line } from 'd3-shape';
import type { LineData, LineSeries } from './chart-data';
import { axisText, type Drawing, type Shape } from './drawing';

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 40;

/** The path of a series in a box of this size; y grows downwards. */
export function linePath(
  { maxX, maxY }: LineData,
  series: LineSeries,
  width: number,
  height: number,
): string {
  const path = line<LineSeries['points'][number]>(
    ({ x }) => (width * x) / (maxX || 1),
    ({ y }) => height - (height * y) / (maxY || 1),
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
  for (const [i, series] of data.series.entries()) {
    const stroke = series.kind === 'kept' ? 'machine' : 'ink-3';
    shapes.push({
      kind: 'path',
      d: linePath(data, series, plot, HEIGHT),
      stroke,
      width: series.kind === 'kept' ? 2.5 : 1.5,
      at: [LEFT, top],
    });
    shapes.push({ kind: 'rect', x: LEFT + 180 * i, y: 0, width: 18, height: 3, fill: stroke });
    shapes.push(axisText(series.label, LEFT + 180 * i + 24, 6, 'start', 'ink'));
  }
  return { width: WIDTH, height: bottom + 42, shapes };
}
