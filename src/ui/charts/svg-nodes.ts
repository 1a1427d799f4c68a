/** A drawing as elements of SVG: the one tree that the page shows and that a file is written from. */
import type { Drawing, Mark, Role } from './drawing';

export interface SvgNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children?: readonly SvgNode[];
  readonly text?: string;
}
/** What a role of colour is called where the drawing is shown. */
export type Paint = (role: Role) => string;

const WEIGHTS = { medium: 550, bold: 680 } as const;
const round = (value: number): number => Math.round(value * 100) / 100;

/** @param id begins the names of patterns; unique in the document */
export function svgNodes({ marks }: Drawing, paint: Paint, id: string): readonly SvgNode[] {
  const stripe = (name: string, width: number, opacity: number): SvgNode => ({
    name: 'pattern',
    attributes: {
      id: `${id}-${name}`,
      width: width + 2,
      height: 6,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    },
    children: [
      { name: 'rect', attributes: { width, height: 6, fill: paint('surface'), 'fill-opacity': opacity } },
    ],
  });
  const defs = {
    name: 'defs',
    attributes: {},
    children: [stripe('hatch', 2.5, 0.55), stripe('stripes', 4, 1)],
  };
  return [defs, ...marks.map((mark) => nodeOf(mark, paint, id))];
}

function nodeOf(mark: Mark, paint: Paint, id: string): SvgNode {
  const { title, value } = mark;
  if (mark.kind === 'group') {
    const { x, y, part, marks } = mark;
    return {
      name: 'g',
      attributes: {
        transform: x === 0 && y === 0 ? undefined : `translate(${round(x)} ${round(y)})`,
        'data-part': part,
        'data-value': value,
      },
      children: marks.map((inner) => nodeOf(inner, paint, id)),
    };
  }
  const shapes = shapesOf(mark, paint, id);
  const [only] = shapes;
  if (only && shapes.length === 1 && title === undefined && value === undefined) return only;
  const told = title === undefined ? [] : [{ name: 'title', attributes: {}, text: title }];
  return { name: 'g', attributes: { 'data-value': value }, children: [...told, ...shapes] };
}

function shapesOf(mark: Exclude<Mark, { kind: 'group' }>, paint: Paint, id: string): SvgNode[] {
  switch (mark.kind) {
    case 'rect': {
      const { x, y, width, height, fill, pattern, opacity } = mark;
      const edge = pattern === 'stripes' ? fill : mark.edge;
      // An edge lies inside.
      const inset = edge ? 0.75 : 0;
      const box = {
        x: round(x + inset),
        y: round(y + inset),
        width: round(Math.max(0, width - 2 * inset)),
        height: round(Math.max(0, height - 2 * inset)),
      };
      const stroke = edge ? { stroke: paint(edge), 'stroke-width': 1.5 } : {};
      const over = { name: 'rect', attributes: { ...box, fill: `url(#${id}-${pattern})`, ...stroke } };
      return [
        { name: 'rect', attributes: { ...box, fill: paint(fill), 'fill-opacity': opacity, ...stroke } },
        ...(pattern ? [over] : []),
      ];
    }
    case 'circle':
      return [
        {
          name: 'circle',
          attributes: { cx: round(mark.x), cy: round(mark.y), r: round(mark.r), ...painted(mark, paint) },
        },
      ];
    case 'line': {
      const [[x1, y1], [x2, y2]] = [mark.from, mark.to];
      const ends = { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) };
      return [{ name: 'line', attributes: { ...ends, ...painted(mark, paint) } }];
    }
    case 'path':
      return [{ name: 'path', attributes: { d: mark.d, ...painted(mark, paint) } }];
    case 'text': {
      const { text, x, y, size, fill, anchor, rotate, weight, underline, halo } = mark;
      return [
        {
          name: 'text',
          attributes: {
            x: round(x),
            y: round(y),
            'font-size': size,
            fill: paint(fill),
            'text-anchor': anchor,
            'font-weight': weight && WEIGHTS[weight],
            'text-decoration': underline ? 'underline' : undefined,
            transform: rotate ? `rotate(${round(rotate)} ${round(x)} ${round(y)})` : undefined,
            ...(halo ? { stroke: paint('surface'), 'stroke-width': 4, 'paint-order': 'stroke' } : {}),
          },
          text,
        },
      ];
    }
  }
}

function painted(
  mark: {
    readonly fill?: Role;
    readonly stroke?: Role;
    readonly strokeWidth?: number;
    readonly dashed?: boolean;
    readonly opacity?: number;
  },
  paint: Paint,
): SvgNode['attributes'] {
  const { fill, stroke, strokeWidth = 1, dashed, opacity } = mark;
  return {
    fill: fill ? paint(fill) : 'none',
    stroke: stroke && paint(stroke),
    'stroke-width': stroke && strokeWidth,
    'stroke-dasharray': dashed ? '5 4' : undefined,
    opacity,
  };
}
