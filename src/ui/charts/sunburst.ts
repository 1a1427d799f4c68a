/** A sunburst of two rings: its parts with their angles, and its drawing. */
import { arc } from 'd3-shape';
import { count } from '../format';
import { BODY, type Drawing, type Mark, type Role, SMALL } from './drawing';
import { squareSwatch, withLegend } from './legend';
import { fitted, wrapped } from './text-width';

export interface SunburstInput {
  readonly label: string;
  readonly count: number;
  readonly parts: readonly { readonly label: string; readonly count: number; readonly marked: boolean }[];
  /** What is not among the parts. */
  readonly others: number;
}
export interface SunburstPart {
  /** Unique. */
  readonly key: string;
  readonly ring: 'inner' | 'outer';
  /** Place of its inner part, and its own among the outer parts of that; -1 for the inner one, last for the others. */
  readonly group: number;
  readonly index: number;
  readonly kind: 'group' | 'part' | 'marked' | 'others';
  readonly label: string;
  readonly count: number;
  /** Clockwise from the top, in radians. */
  readonly from: number;
  readonly to: number;
}
export interface SunburstData {
  readonly parts: readonly SunburstPart[];
  /** A number and what it counts. */
  readonly middle: readonly [string, string];
  /** What a part, a marked part and the others are; null where there are none. */
  readonly words: Readonly<Record<'part' | 'marked' | 'others', string | null>>;
  /** The part that is looked at: outlined, with its name in the middle. */
  readonly looked?:
    { readonly part: SunburstPart; readonly name: string; readonly focus: boolean } | undefined;
}

export function sunburstParts(groups: readonly SunburstInput[]): readonly SunburstPart[] {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const parts: SunburstPart[] = [];
  let before = 0;
  for (const [group, { label, count: size, parts: outer, others }] of groups.entries()) {
    let at = before;
    const add = (index: number, kind: SunburstPart['kind'], name: string, units: number): void => {
      const turn = (2 * Math.PI) / total;
      const ring = kind === 'group' ? 'inner' : 'outer';
      parts.push({
        key: `${group}.${index}`,
        ring,
        group,
        index,
        kind,
        label: name,
        count: units,
        from: at * turn,
        to: (at + units) * turn,
      });
      if (ring === 'outer') at += units;
    };
    add(-1, 'group', label, size);
    for (const [index, child] of outer.entries()) {
      add(index, child.marked ? 'marked' : 'part', child.label, child.count);
    }
    if (others > 0) add(outer.length, 'others', 'other', others);
    before += size;
  }
  return parts;
}

const FILLS: Readonly<Record<SunburstPart['kind'], Role>> = {
  group: 'selected',
  part: 'machine',
  marked: 'human',
  others: 'sunken',
};
/** At most; a wider place leaves room on both sides. */
const WIDEST = 600;
/** Below this the outer ring has no room for words. */
const WORDY = 440;

export function sunburstDrawing(data: SunburstData, width: number): Drawing {
  const { parts, middle, words, looked } = data;
  const size = Math.min(width, WIDEST);
  const outer = size / 2 - 3;
  const wordy = size >= WORDY;
  const hole = outer * (wordy ? 0.36 : 0.42);
  const border = hole + (outer - hole) * (wordy ? 0.54 : 0.75);
  const ring = {
    inner: { from: hole, to: border - 1 },
    outer: { from: border + 1, to: outer },
  } as const;
  const path = (part: SunburstPart): string => {
    const { from, to } = ring[part.ring];
    return arc<null>().innerRadius(from).outerRadius(to).startAngle(part.from).endAngle(part.to)(null) ?? '';
  };
  const marks = parts.map((part): Mark => {
    const text =
      part.kind === 'others' || (!wordy && part.ring === 'outer') ? [] : label(part, ring[part.ring]);
    const stroke = part.kind === 'others' ? 'control' : 'surface';
    const area: Mark = { kind: 'path', d: path(part), fill: FILLS[part.kind], stroke, strokeWidth: 1 };
    return { kind: 'group', x: 0, y: 0, part: part.key, value: part.count, marks: [area, ...text] };
  });
  if (looked) {
    const stroke = looked.focus ? 'focus' : 'ink';
    marks.push({ kind: 'path', d: path(looked.part), stroke, strokeWidth: looked.focus ? 4 : 3 });
  }
  const [number, below] = looked ? [count(looked.part.count), looked.name] : middle;
  marks.push(...middleMarks(number, below, hole));
  const kinds = ['part', 'marked', 'others'] as const;
  return withLegend(
    kinds.flatMap((kind) => {
      const label = words[kind];
      const edge = kind === 'others' ? { edge: 'control' as const } : {};
      return label === null ? [] : { label, swatch: squareSwatch(FILLS[kind], edge) };
    }),
    {
      width,
      height: size,
      marks: [{ kind: 'group', x: width / 2, y: size / 2, marks }],
      spoken: [middle.join(' ')],
    },
  );
}

/** Along the radius, readable from left to right on both sides; nothing where a line has no room. */
function label(part: SunburstPart, { from, to }: { readonly from: number; readonly to: number }): Mark[] {
  const radius = (from + to) / 2;
  if ((part.to - part.from) * radius < SMALL) return [];
  const angle = (part.from + part.to) / 2;
  const degrees = (180 * angle) / Math.PI - 90;
  const rotate = angle > Math.PI ? degrees + 180 : degrees;
  const [x, y] = [Math.sin(angle) * radius, -Math.cos(angle) * radius];
  // A third of the letters' height below: the middle of the line. Turned around the middle, not around the line.
  const turn = (rotate * Math.PI) / 180;
  const down = BODY / 3;
  const text = fitted(part.label, to - from - 6, BODY);
  return [
    {
      kind: 'text',
      text,
      x: x - Math.sin(turn) * down,
      y: y + Math.cos(turn) * down,
      rotate,
      size: BODY,
      anchor: 'middle',
      fill: part.kind === 'group' ? 'ink' : 'surface',
      underline: part.kind === 'marked',
      ...(part.kind === 'group' ? { weight: 'medium' as const } : {}),
    },
  ];
}

/** A number, and up to three lines of words below it. */
function middleMarks(number: string, words: string, hole: number): Mark[] {
  const big = Math.min(34, hole / 2.2);
  const small = hole > 80 ? 14 : SMALL;
  const lines = wrapped(words, hole * 1.5, small).slice(0, 3);
  return [
    { kind: 'text', text: number, x: 0, y: 0, size: big, fill: 'ink', anchor: 'middle', weight: 'bold' },
    ...lines.map((text, i): Mark => ({
      kind: 'text',
      text,
      x: 0,
      y: small * 1.3 * (i + 1),
      size: small,
      fill: 'ink-2',
      anchor: 'middle',
    })),
  ];
}
