/** A sunburst of two rings: where each part lies, and the whole as shapes for a file. */
import { arc } from 'd3-shape';
import { type Drawing, legendShapes, type Role, type Shape } from './drawing';

/** Drawn in a square of this size, around its middle. */
export const SIZE = 520;
const MIDDLE = SIZE / 2;
const INNER = { from: 92, to: 176 } as const;
const OUTER = { from: 179, to: 252 } as const;
/** Width of a letter and height of a line, in units of the square. */
const LETTER = 6.9;
const LINE = 11;

export interface SunburstInput {
  readonly label: string;
  readonly count: number;
  readonly parts: readonly { readonly label: string; readonly count: number; readonly marked: boolean }[];
  /** What is not among the parts. */
  readonly others: number;
}
export interface SunburstPart {
  readonly ring: 'inner' | 'outer';
  /** Place of its inner part, and its own among the outer parts of that; -1 for the inner one, last for the others. */
  readonly group: number;
  readonly index: number;
  readonly kind: 'group' | 'part' | 'marked' | 'others';
  readonly label: string;
  readonly count: number;
  readonly path: string;
  /** Null where a label would not fit. */
  readonly text: {
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly rotate: number;
  } | null;
}

export function sunburst(groups: readonly SunburstInput[]): readonly SunburstPart[] {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const parts: SunburstPart[] = [];
  let before = 0;
  for (const [group, { label, count, parts: outer, others }] of groups.entries()) {
    const turn = (units: number): number => (2 * Math.PI * units) / total;
    parts.push(part('inner', 'group', group, -1, label, count, turn(before), turn(before + count)));
    let at = before;
    for (const [index, child] of outer.entries()) {
      const kind = child.marked ? 'marked' : 'part';
      parts.push(
        part('outer', kind, group, index, child.label, child.count, turn(at), turn(at + child.count)),
      );
      at += child.count;
    }
    if (others > 0) {
      parts.push(part('outer', 'others', group, outer.length, 'other', others, turn(at), turn(at + others)));
    }
    before += count;
  }
  return parts;
}

function part(
  ring: SunburstPart['ring'],
  kind: SunburstPart['kind'],
  group: number,
  index: number,
  label: string,
  count: number,
  startAngle: number,
  endAngle: number,
): SunburstPart {
  const { from, to } = ring === 'inner' ? INNER : OUTER;
  const shape = arc<null>().innerRadius(from).outerRadius(to).startAngle(startAngle).endAngle(endAngle);
  const path = shape(null) ?? '';
  return {
    ring,
    group,
    index,
    kind,
    label,
    count,
    path,
    text: textOf(kind, label, startAngle, endAngle, from, to),
  };
}

/** Along the radius, readable from left to right on both sides. */
function textOf(
  kind: SunburstPart['kind'],
  label: string,
  startAngle: number,
  endAngle: number,
  from: number,
  to: number,
): SunburstPart['text'] {
  const radius = (from + to) / 2;
  if (kind === 'others' || (endAngle - startAngle) * radius < LINE) return null;
  const angle = (startAngle + endAngle) / 2;
  const degrees = (180 * angle) / Math.PI - 90;
  const letters = Math.floor((to - from - 6) / LETTER);
  return {
    label: label.length > letters ? `${label.slice(0, letters - 1)}…` : label,
    x: Math.sin(angle) * radius,
    y: -Math.cos(angle) * radius,
    rotate: angle > Math.PI ? degrees + 180 : degrees,
  };
}

export const FILLS: Readonly<Record<SunburstPart['kind'], Role>> = {
  group: 'selected',
  part: 'machine',
  marked: 'human',
  others: 'sunken',
};

export function sunburstDrawing(
  parts: readonly SunburstPart[],
  middle: readonly [string, string],
  /** What a part, a marked part and the others are; null where there are none. */
  words: Readonly<Record<'part' | 'marked' | 'others', string | null>>,
): Drawing {
  const [number, below] = middle;
  const shapes: Shape[] = parts.map(({ kind, path }) => ({
    kind: 'path',
    d: path,
    fill: FILLS[kind],
    stroke: 'surface',
    width: 1.5,
    at: [MIDDLE, MIDDLE],
  }));
  for (const { kind, text } of parts) {
    if (!text) continue;
    shapes.push({
      kind: 'text',
      text: text.label,
      x: MIDDLE + text.x,
      // A quarter of the letters' height: the middle of the line.
      y: MIDDLE + text.y + 4,
      size: kind === 'group' ? 14 : 13,
      fill: kind === 'group' ? 'ink' : 'surface',
      anchor: 'middle',
      rotate: text.rotate,
      underline: kind === 'marked',
    });
  }
  shapes.push(
    { kind: 'text', text: number, x: MIDDLE, y: MIDDLE, size: 34, fill: 'ink', anchor: 'middle', bold: true },
    { kind: 'text', text: below, x: MIDDLE, y: MIDDLE + 22, size: 14, fill: 'ink-2', anchor: 'middle' },
  );
  const kinds = ['part', 'marked', 'others'] as const;
  const legend = kinds.flatMap((kind) => {
    const label = words[kind];
    return label === null ? [] : { label, fill: FILLS[kind] };
  });
  return { width: SIZE, height: SIZE + 24, shapes: [...shapes, ...legendShapes(legend, SIZE + 6)] };
}
