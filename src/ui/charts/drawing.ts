/** A chart as plain shapes, so that it can be saved as a file that looks as it does on the screen. */

/** Roles of colour, by the names of the tokens. */
export const ROLES = [
  'machine',
  'human',
  'dropped',
  'paper',
  'ink',
  'ink-2',
  'ink-3',
  'line',
  'control',
  'selected',
  'sunken',
  'surface',
  'grade-a',
  'grade-b',
  'grade-c',
  'grade-d',
] as const;
export type Role = (typeof ROLES)[number];
export type Colours = ReadonlyMap<string, string>;

export type Shape =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Role;
      readonly hatch?: boolean;
    }
  | {
      readonly kind: 'path';
      readonly d: string;
      readonly fill?: Role;
      readonly stroke?: Role;
      readonly width?: number;
      readonly dashed?: boolean;
      readonly at?: readonly [number, number];
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly fill: Role;
      readonly anchor?: 'start' | 'middle' | 'end';
      readonly rotate?: number;
      readonly bold?: boolean;
      readonly underline?: boolean;
    };
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const MARGIN = 24;
const HEAD = 56;

/** Puts a title above and a note below shapes that were drawn from (0, 0). */
export function framed(title: string, note: string, inner: Drawing): Drawing {
  const lines = wrapped(note, Math.floor(inner.width / 6.2));
  const height = HEAD + inner.height + 24 + lines.length * 16 + MARGIN / 2;
  return {
    width: inner.width + 2 * MARGIN,
    height,
    shapes: [
      { kind: 'text', text: title, x: MARGIN, y: 34, size: 17, fill: 'ink', bold: true },
      ...inner.shapes.map((shape) => moved(shape, MARGIN, HEAD)),
      ...lines.map((text, i) => ({
        kind: 'text' as const,
        text,
        x: MARGIN,
        y: HEAD + inner.height + 32 + i * 16,
        size: 12,
        fill: 'ink-3' as const,
      })),
    ],
  };
}
function moved(shape: Shape, dx: number, dy: number): Shape {
  if (shape.kind === 'path') {
    const [x, y] = shape.at ?? [0, 0];
    return { ...shape, at: [x + dx, y + dy] };
  }
  return { ...shape, x: shape.x + dx, y: shape.y + dy };
}
function wrapped(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1] ?? '';
    if (last.length + word.length < columns) lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The small words along an axis. */
export const axisText = (
  text: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  fill: Role = 'ink-3',
): Shape => ({ kind: 'text', text, x, y, size: 12, fill, anchor });

/** Names that would run into the chart are cut. */
const LONGEST = 28;
export const shortened = (label: string): string =>
  label.length > LONGEST ? `${label.slice(0, LONGEST - 1).trimEnd()}…` : label;

/** What the colours mean, in one line. */
export function legendShapes(
  entries: readonly { readonly label: string; readonly fill: Role; readonly hatch?: boolean }[],
  y: number,
): readonly Shape[] {
  let x = 0;
  return entries.flatMap(({ label, fill, hatch = false }): Shape[] => {
    const from = x;
    x += 40 + label.length * 6.4;
    return [
      { kind: 'rect', x: from, y, width: 13, height: 13, fill: 'control' },
      { kind: 'rect', x: from + 0.75, y: y + 0.75, width: 11.5, height: 11.5, fill, hatch },
      axisText(label, from + 20, y + 11, 'start', 'ink'),
    ];
  });
}

/** A whole SVG file. Texts of tasks stand in it as text, never as markup. */
export function svgFile({ width, height, shapes }: Drawing, colours: Colours): string {
  const paint = (role: Role | undefined): string => (role ? (colours.get(role) ?? '#000') : 'none');
  const body = shapes.map((shape) => element(shape, paint)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family="Atkinson Hyperlegible Next, system-ui, sans-serif">
<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="5" fill="${paint('surface')}" fill-opacity="0.55"/></pattern></defs>
<rect width="100%" height="100%" fill="${paint('surface')}"/>
${body}
</svg>
`;
}

function element(shape: Shape, paint: (role: Role | undefined) => string): string {
  switch (shape.kind) {
    case 'rect': {
      const box = `x="${n(shape.x)}" y="${n(shape.y)}" width="${n(shape.width)}" height="${n(shape.height)}"`;
      const hatch = shape.hatch ? `<rect ${box} fill="url(#hatch)"/>` : '';
      return `<rect ${box} fill="${paint(shape.fill)}"/>${hatch}`;
    }
    case 'path': {
      const { d, fill, stroke, width = 1, dashed = false, at = [0, 0] } = shape;
      const dash = dashed ? ' stroke-dasharray="6 4"' : '';
      return `<path transform="translate(${n(at[0])} ${n(at[1])})" d="${escaped(d)}" fill="${paint(fill)}" stroke="${paint(stroke)}" stroke-width="${n(width)}"${dash}/>`;
    }
    case 'text': {
      const { text, x, y, size, fill, anchor = 'start', rotate = 0, bold = false, underline = false } = shape;
      const turn = rotate === 0 ? '' : ` transform="rotate(${n(rotate)} ${n(x)} ${n(y)})"`;
      const style = `${bold ? ' font-weight="680"' : ''}${underline ? ' text-decoration="underline"' : ''}`;
      return `<text x="${n(x)}" y="${n(y)}" font-size="${n(size)}" fill="${paint(fill)}" text-anchor="${anchor}"${style}${turn}>${escaped(text)}</text>`;
    }
  }
}

const n = (value: number): string => String(Math.round(value * 100) / 100);
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
/** Control characters and halves of pairs cannot stand in XML at all. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- exactly those are meant
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"]/gu, (mark) => ENTITIES[mark] ?? mark);
