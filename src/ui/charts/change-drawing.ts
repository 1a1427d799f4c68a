/** Two figures a row, before and after, joined by a line: how far each of many came. */
import type { ChangeData, ChangeRow } from './chart-data';
import { axisText, BODY, type Drawing, type Mark, rowText } from './drawing';
import { withLegend } from './legend';
import { longNames, rowName } from './rows';
import { textWidth } from './text-width';

const ROW = 27;
/** Room right of the highest value for the numbers. */
const NUMBERS = 120;
/** For half of the first and of the last number of the axis. */
const EDGE = 12;
const R = 6;

export function changeDrawing({ max, ticks, axis, kinds, rows }: ChangeData, width: number): Drawing {
  const layout = longNames(width);
  const left = layout.left + EDGE;
  const right = width - (layout.narrow ? EDGE : NUMBERS);
  const x = (value: number): number => left + ((right - left) * Math.min(Math.max(value, 0), max)) / max;
  const height = layout.above + ROW;
  const bottom = 4 + rows.length * height + 4;
  const body = rows.flatMap((row, i): Mark[] => {
    const top = 4 + i * height;
    return [
      rowName(row.label, layout, width, top, ROW, {
        taken: textWidth(row.text, BODY) + 12,
        weight: 'medium',
      }),
      ...points(row, x, top + layout.above + ROW / 2),
      rowText(row.text, width, layout.baseline(top, ROW), 'end'),
    ];
  });
  const axes: Mark[] = [
    { kind: 'line', from: [left, bottom], to: [right, bottom], stroke: 'control' },
    ...ticks.map((tick) => axisText(String(tick), x(tick), bottom + 17, 'middle')),
    axisText(axis, layout.narrow ? 0 : left, bottom + 36),
  ];
  return withLegend(
    [
      { label: kinds.before, swatch: [before(9, 6)] },
      { label: kinds.after, swatch: [after(9, 6)] },
    ],
    { width, height: bottom + 42, marks: [...axes, ...body], spoken: [] },
  );
}

function points(row: ChangeRow, x: (value: number) => number, y: number): Mark[] {
  const [from, to] = [x(row.before), x(row.after)];
  const told = { title: `${row.label}: ${row.text}` };
  return [
    { kind: 'line', from: [from, y], to: [to, y], stroke: 'machine', strokeWidth: 4, opacity: 0.5 },
    { ...before(from, y), ...told, value: row.before },
    { ...after(to, y), ...told, value: row.after },
  ];
}
const before = (x: number, y: number): Mark & { kind: 'circle' } => ({
  kind: 'circle',
  x,
  y,
  r: R - 1,
  fill: 'surface',
  stroke: 'base',
  strokeWidth: 3,
});
const after = (x: number, y: number): Mark & { kind: 'circle' } => ({
  kind: 'circle',
  x,
  y,
  r: R,
  fill: 'machine',
});
