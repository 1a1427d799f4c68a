/** Figures with their intervals, one under the other; the bands of ours cross the rows that they are compared with. */
import type { IntervalData, IntervalRow } from './chart-data';
import { axisText, BODY, diamond, type Drawing, type Mark, type Role, rowText } from './drawing';
import { type LegendEntry, withLegend } from './legend';
import { HEADING, longNames, rowHeading, rowName } from './rows';
import { textWidth } from './text-width';

type Figure = Exclude<IntervalRow, { kind: 'heading' }>;
const ROW = 27;
/** Room right of the highest value for its number. */
const NUMBERS = 168;
/** For half of the first and of the last number of the axis. */
const EDGE = 12;

const COLOURS: Readonly<Record<Figure['kind'], Role>> = { before: 'base', after: 'machine', paper: 'paper' };
const LEGEND_ORDER = ['after', 'before', 'paper'] as const;

export function intervalDrawing({ max, ticks, axis, kinds, rows }: IntervalData, width: number): Drawing {
  const layout = longNames(width);
  const left = layout.left + EDGE;
  const right = width - (layout.narrow ? EDGE : NUMBERS);
  const x = (value: number): number => left + ((right - left) * Math.min(Math.max(value, 0), max)) / max;
  const text = ({ text: number, interval, value }: Figure, y: number): Mark => {
    if (layout.narrow) return rowText(number, width, layout.baseline(y, ROW), 'end');
    const after = x(interval?.high ?? value) + 12;
    return rowText(number, Math.min(after, width - textWidth(number, BODY)), layout.baseline(y, ROW));
  };
  let y = 4;
  const body = rows.flatMap((row): Mark[] => {
    const top = y;
    if (row.kind === 'heading') {
      y += HEADING;
      return [rowHeading(row.label, width, top)];
    }
    y += layout.above + ROW;
    return [
      rowName(row.label, layout, width, top, ROW, {
        taken: textWidth(row.text, BODY) + 12,
        ...(row.kind === 'paper' ? {} : { weight: 'medium' as const }),
      }),
      ...figureMarks(row, x, left, top + layout.above + ROW / 2),
      text(row, top),
    ];
  });
  const bottom = y + 4;
  const bands = rows.flatMap((row): Mark[] => {
    if (row.kind === 'heading' || !row.band || !row.interval) return [];
    const from = x(row.interval.low);
    const size = Math.max(2, x(row.interval.high) - from);
    const fill = row.kind === 'after' ? 'machine-soft' : 'sunken';
    return [{ kind: 'rect', x: from, y: 0, width: size, height: bottom, fill, opacity: 0.7 }];
  });
  const axes: Mark[] = [
    { kind: 'line', from: [left, bottom], to: [right, bottom], stroke: 'control' },
    ...ticks.map((tick) => axisText(String(tick), x(tick), bottom + 17, 'middle')),
    axisText(axis, layout.narrow ? 0 : left, bottom + 36),
  ];
  const shown = LEGEND_ORDER.filter((kind) => rows.some((row) => row.kind === kind));
  return withLegend(
    shown.map((kind): LegendEntry => ({ label: kinds[kind], swatch: [pointMark(kind, 9, 6, 5)] })),
    { width, height: bottom + 42, marks: [...bands, ...axes, ...body], spoken: [] },
  );
}

function figureMarks(row: Figure, x: (value: number) => number, left: number, y: number): Mark[] {
  const point = {
    ...pointMark(row.kind, x(row.value), y, 6.5),
    title: `${row.label}: ${row.text}`,
    value: row.value,
  };
  const stroke = COLOURS[row.kind];
  if (row.kind === 'paper') {
    const lead = { kind: 'line', from: [left, y], to: [x(row.value), y], stroke, dashed: true } as const;
    return [lead, point];
  }
  if (!row.interval) return [point];
  const ends = { from: [x(row.interval.low), y], to: [x(row.interval.high), y] } as const;
  return [{ kind: 'line', ...ends, stroke, strokeWidth: 5, opacity: 0.5 }, point];
}

function pointMark(kind: Figure['kind'], x: number, y: number, r: number): Mark {
  if (kind === 'paper') return { kind: 'path', d: diamond(x, y, r), fill: 'paper' };
  if (kind === 'after') return { kind: 'circle', x, y, r, fill: 'machine' };
  return { kind: 'circle', x, y, r: r - 1, fill: 'surface', stroke: 'base', strokeWidth: 3 };
}
