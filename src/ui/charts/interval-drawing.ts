/** Figures with intervals as shapes, for their file. */
import type { IntervalData, IntervalRow } from './chart-data';
import { axisText, type Drawing, type Role, type Shape, shortened } from './drawing';

const WIDTH = 680;
const LABELS = 190;
/** Room right of the axis for the last numbers. */
const NUMBERS = 120;
const ROW = 24;

const ROLE: Readonly<Record<Exclude<IntervalRow['kind'], 'heading'>, Role>> = {
  before: 'ink-3',
  after: 'machine',
  paper: 'paper',
};

export function intervalDrawing({ max, ticks, axis, rows }: IntervalData): Drawing {
  const plot = WIDTH - LABELS - NUMBERS;
  const bottom = rows.length * ROW;
  const x = (value: number): number => LABELS + (plot * Math.min(value, max)) / max;
  const shapes = rows.flatMap((row, i): Shape[] => {
    const y = i * ROW + ROW / 2;
    if (row.kind === 'heading') return [axisText(row.label, 0, y + 4, 'start', 'ink-3')];
    const at = x(row.value);
    const end = row.interval ? x(row.interval.high) : at;
    return [
      axisText(shortened(row.label), 0, y + 4, 'start', 'ink'),
      ...markOf(row, at, y, row.interval ? x(row.interval.low) : at, end),
      axisText(row.text, end + 12, y + 4, 'start', 'ink'),
    ];
  });
  const grid = ticks.flatMap((tick): Shape[] => [
    { kind: 'path', d: `M${x(tick)} 0V${bottom}`, stroke: tick === 0 ? 'control' : 'line' },
    axisText(String(tick), x(tick), bottom + 18, 'middle'),
  ]);
  return {
    width: WIDTH,
    height: bottom + 42,
    shapes: [...grid, ...shapes, axisText(axis, LABELS + plot / 2, bottom + 38, 'middle')],
  };
}

function markOf(
  row: Exclude<IntervalRow, { kind: 'heading' }>,
  at: number,
  y: number,
  low: number,
  high: number,
): Shape[] {
  const role = ROLE[row.kind];
  if (row.kind === 'paper') {
    return [
      { kind: 'path', d: `M${LABELS} ${y}H${at}`, stroke: role, dashed: true },
      { kind: 'path', d: `M${at} ${y - 5}L${at + 5} ${y}L${at} ${y + 5}L${at - 5} ${y}Z`, fill: role },
    ];
  }
  const dot = `M${at - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z`;
  return [
    { kind: 'path', d: `M${low} ${y}H${high}`, stroke: role, width: 4 },
    { kind: 'path', d: dot, fill: row.kind === 'after' ? role : 'surface', stroke: role, width: 2.5 },
  ];
}
