/** Stacked bars as shapes, for their file. */
import type { StackedData } from './chart-data';
import { axisText, type Drawing, legendShapes, type Role, type Shape, shortened } from './drawing';

const WIDTH = 760;
const LABELS = 190;
/** Right of the bars, for the counts. */
const NUMBERS = 170;
const ROW = 26;
const FILLS = ['grade-a', 'grade-b', 'grade-c', 'grade-d'] as const satisfies readonly Role[];

export function stackedDrawing({ classes, rows }: StackedData): Drawing {
  const plot = WIDTH - LABELS - NUMBERS;
  const shapes = rows.flatMap((row, i): Shape[] => {
    const y = i * ROW;
    if (row.kind === 'heading') return [axisText(row.label, 0, y + 16, 'start')];
    const all = row.counts.reduce((sum, one) => sum + one, 0);
    let x = LABELS;
    const parts = row.counts.map((part, n): Shape => {
      const width = (plot * part) / Math.max(1, all);
      const rect = { kind: 'rect', x, y: y + 3, width, height: ROW - 6, fill: FILLS[n] ?? 'sunken' } as const;
      x += width;
      return rect;
    });
    const numbers = row.counts.map((part, n) => `${classes[n] ?? ''} ${part}`).join('  ');
    return [
      axisText(shortened(row.label), 0, y + 17, 'start', 'ink'),
      ...parts,
      axisText(numbers, LABELS + plot + 12, y + 17, 'start', 'ink'),
    ];
  });
  const legend = legendShapes(
    classes.map((label, n) => ({ label, fill: FILLS[n] ?? 'sunken' })),
    rows.length * ROW + 8,
  );
  return { width: WIDTH, height: rows.length * ROW + 28, shapes: [...shapes, ...legend] };
}
