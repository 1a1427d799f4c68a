/** A funnel as shapes, for its file. */
import type { BarRow } from './chart-data';
import { axisText, legendShapes, type Drawing, type Shape } from './drawing';

const WIDTH = 640;
const LABELS = 150;
const NUMBERS = 90;
const ROW = 24;

export function funnelDrawing(rows: readonly BarRow[], whole: number): Drawing {
  const plot = WIDTH - LABELS - NUMBERS;
  const scale = plot / Math.max(1, whole);
  const shapes = rows.flatMap(({ label, passed, dropped, text }, i): Shape[] => {
    const bar = { kind: 'rect', y: i * ROW, height: 14 } as const;
    return [
      axisText(label, 0, i * ROW + 12, 'start', 'ink'),
      { ...bar, x: LABELS, width: plot, fill: 'sunken' },
      { ...bar, x: LABELS, width: passed * scale, fill: 'machine' },
      { ...bar, x: LABELS + passed * scale, width: dropped * scale, fill: 'dropped', hatch: true },
      axisText(text, WIDTH, i * ROW + 12, 'end', 'ink'),
    ];
  });
  const legend = legendShapes(
    [
      { label: 'goes on', fill: 'machine' },
      { label: 'dropped here', fill: 'dropped', hatch: true },
    ],
    rows.length * ROW + 8,
  );
  return { width: WIDTH, height: rows.length * ROW + 28, shapes: [...shapes, ...legend] };
}
