/** The box between two axes, what stands along them, and labelled lines across it. */
import { axisText, type Mark, type Role, SMALL } from './drawing';
import { textWidth } from './text-width';

/** Room left of the box for the numbers of its axis, and right of it for half of the last number below it. */
const GUTTER = 44;
const MARGIN = 12;
/** Room below the box for numbers and for what they count. */
const FOOT = 40;
/** Room above the box for half of the highest number beside it. */
const HEAD = 10;
const LINE = 16;

/** `at` from 0 (left, bottom) to 1 (right, top). */
export interface Tick {
  readonly at: number;
  readonly label: string;
}
/** A place along the bottom that means something. */
export interface LabelledLine extends Tick {
  readonly stroke: Role;
  readonly strokeWidth: number;
  readonly dashed: boolean;
}
export interface PlotBox {
  readonly width: number;
  /** Of the box with all that stands around it. */
  readonly height: number;
  readonly bottom: number;
  readonly x: (at: number) => number;
  readonly y: (at: number) => number;
  /** Grid, numbers and words of the axes; drawn first. */
  readonly axes: readonly Mark[];
  /** Drawn last. */
  readonly lines: readonly Mark[];
}

/** @param width of all  @param height of the box alone */
export function plotOf(
  width: number,
  height: number,
  ticksX: readonly Tick[],
  ticksY: readonly Tick[],
  axis: string,
  lines: readonly LabelledLine[],
): PlotBox {
  const right = width - MARGIN;
  const x = (at: number): number => GUTTER + Math.min(1, Math.max(0, at)) * (right - GUTTER);
  const { rows, labels } = labelRows(lines, x, width);
  const top = Math.max(HEAD, rows * LINE + 6);
  const bottom = top + height;
  const y = (at: number): number => bottom - at * height;
  return {
    width,
    height: bottom + FOOT,
    bottom,
    x,
    y,
    axes: [
      ...ticksY.flatMap(({ at, label }): Mark[] => [
        { kind: 'line', from: [GUTTER, y(at)], to: [right, y(at)], stroke: at === 0 ? 'control' : 'line' },
        axisText(label, GUTTER - 8, y(at) + 4, 'end'),
      ]),
      ...apart(ticksX, x, width).map(({ label, middle }) => axisText(label, middle, bottom + 17, 'middle')),
      axisText(axis, (GUTTER + right) / 2, bottom + 35, 'middle'),
    ],
    lines: [
      ...lines.map(({ at, stroke, strokeWidth, dashed }, i): Mark => ({
        kind: 'line',
        from: [x(at), (labels[i]?.row ?? 0) * LINE + 2],
        to: [x(at), bottom],
        stroke,
        strokeWidth,
        dashed,
      })),
      ...labels.map(({ text, from, row }): Mark => ({
        ...axisText(text, from, row * LINE + 12, 'start', 'ink'),
        halo: true,
      })),
    ],
  };
}

/**
 * Every label stands beside its line, on the side where no other line crosses it. Where there is no such side it stands
 * above the other line, which begins below it.
 */
function labelRows(lines: readonly LabelledLine[], x: (at: number) => number, width: number) {
  const placed = lines.map(({ at, label: text }) => {
    const room = textWidth(text, SMALL);
    const crossed = (from: number): boolean =>
      lines.some((other) => other.at !== at && x(other.at) > from - 3 && x(other.at) < from + room + 3);
    const sides = [x(at) + 6, x(at) - 6 - room].filter((from) => from >= 0 && from + room <= width);
    const from = sides.find((side) => !crossed(side)) ?? sides[0] ?? 0;
    return { text, x: x(at), from, to: from + room, crossed: crossed(from), row: 0 };
  });
  const done: typeof placed = [];
  for (const label of placed.toSorted((one, other) => Number(other.crossed) - Number(one.crossed))) {
    const taken = (row: number): boolean =>
      done.some(
        ({ row: at, from, to }) =>
          (at === row && label.from < to + 6 && from < label.to + 6) ||
          (at >= row && label.x > from - 3 && label.x < to + 3),
      );
    while (taken(label.row)) label.row++;
    done.push(label);
  }
  return { labels: placed, rows: Math.max(0, ...placed.map(({ row }) => row + 1)) };
}

/** Every nth label of an axis, so that none runs into the next or out of the drawing. */
function apart(ticks: readonly Tick[], x: (at: number) => number, width: number) {
  const placed = ticks.map(({ at, label }) => {
    const half = textWidth(label, SMALL) / 2;
    const middle = Math.min(x(at), width - half);
    return { label, middle, from: middle - half, to: middle + half };
  });
  for (let every = 1; every < placed.length; every++) {
    const shown = placed.filter((_, i) => i % every === 0);
    if (shown.every(({ from }, i) => i === 0 || from >= (shown[i - 1]?.to ?? 0) + 4)) return shown;
  }
  return placed.slice(0, 1);
}
