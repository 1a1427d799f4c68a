/** A histogram as shapes, for its file. */
import { count } from '../format';
import type { HistogramData, HistogramMark } from './chart-data';
import { axisText, type Drawing, type Role, type Shape } from './drawing';

const WIDTH = 560;
const HEIGHT = 220;
const LEFT = 48;
const MARK_ROLE: Readonly<Record<HistogramMark['kind'], Role>> = {
  ours: 'ink',
  paper: 'paper',
  limit: 'dropped',
};

export function histogramDrawing({ bars, ticks, marks, axis }: HistogramData): Drawing {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const plot = WIDTH - LEFT;
  const step = plot / Math.max(1, bars.length);
  const top = marks.length * 16;
  const bottom = top + HEIGHT;
  const x = (at: number): number => LEFT + Math.min(1, at) * plot;
  const shapes: Shape[] = bars.map((bar, i) => {
    const height = (HEIGHT * bar.count) / most;
    return {
      kind: 'rect',
      x: LEFT + i * step + 1,
      y: bottom - height,
      width: step - 2,
      height,
      fill: 'machine',
    };
  });
  shapes.push(
    { kind: 'path', d: `M${LEFT} ${bottom}H${WIDTH}`, stroke: 'control' },
    axisText('0', LEFT - 8, bottom, 'end'),
    axisText(count(most), LEFT - 8, top + 10, 'end'),
    ...ticks.map(({ at, label }) => axisText(label, x(at), bottom + 18, 'middle')),
    axisText(axis, LEFT + plot / 2, bottom + 38, 'middle'),
    ...marks.flatMap(({ at, kind, label }, i): Shape[] => [
      {
        kind: 'path',
        d: `M${x(at)} ${16 * i + 4}V${bottom}`,
        stroke: MARK_ROLE[kind],
        width: 2,
        dashed: kind !== 'ours',
      },
      axisText(label, x(at) + (at > 0.7 ? -6 : 6), 16 * i + 12, at > 0.7 ? 'end' : 'start', 'ink'),
    ]),
  );
  return { width: WIDTH, height: bottom + 42, shapes };
}
