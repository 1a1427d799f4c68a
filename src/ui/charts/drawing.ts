/** A chart as plain marks at a given width: the page shows them and a file holds them, so both look the same. */

/** Roles of colour, by the names of the tokens. */
export type Role =
  | 'machine'
  | 'machine-soft'
  | 'human'
  | 'dropped'
  | 'base'
  | 'paper'
  | 'focus'
  | 'ink'
  | 'ink-2'
  | 'ink-3'
  | 'line'
  | 'control'
  | 'selected'
  | 'sunken'
  | 'surface'
  | 'grade-a'
  | 'grade-b'
  | 'grade-c'
  | 'grade-d'
  | 'on-grade-dark'
  | 'on-grade-light';

/** Told about a mark where the pointer rests, and the number it stands for. */
interface Told {
  readonly title?: string;
  readonly value?: number;
}
interface Stroked {
  readonly stroke?: Role;
  readonly strokeWidth?: number;
  readonly dashed?: boolean;
  readonly opacity?: number;
}
export interface RectMark extends Told {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: Role;
  /** `hatch` lies over the colour, `stripes` leave little of it and have an edge. */
  readonly pattern?: 'hatch' | 'stripes';
  readonly edge?: Role;
  readonly opacity?: number;
}
export interface CircleMark extends Told, Stroked {
  readonly kind: 'circle';
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly fill: Role;
}
export interface LineMark extends Told, Stroked {
  readonly kind: 'line';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly stroke: Role;
}
export interface PathMark extends Told, Stroked {
  readonly kind: 'path';
  readonly d: string;
  readonly fill?: Role;
}
export interface TextMark extends Told {
  readonly kind: 'text';
  readonly text: string;
  readonly x: number;
  /** Of the line that letters stand on. */
  readonly y: number;
  readonly size: number;
  readonly fill: Role;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Degrees, around (x, y). */
  readonly rotate?: number;
  readonly weight?: 'medium' | 'bold';
  readonly underline?: boolean;
  /** Keeps lines behind it away from its letters. */
  readonly halo?: boolean;
}
export interface GroupMark extends Told {
  readonly kind: 'group';
  readonly x: number;
  readonly y: number;
  readonly marks: readonly Mark[];
  /** Names a part that can be chosen. */
  readonly part?: string;
}
export type Mark = RectMark | CircleMark | LineMark | PathMark | TextMark | GroupMark;

/** Lengths are CSS pixels at a root font size of 16; every mark lies between (0, 0) and (width, height). */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
  /** What its legend and labelled lines say, for people who do not see it. */
  readonly spoken: readonly string[];
}
/** What a chart is: its drawing at any width. */
export type Draw = (width: number) => Drawing;

/** Sizes of letters: along axes, and for names and numbers of rows. */
export const SMALL = 12;
export const BODY = 13;

/** A word along an axis. */
export const axisText = (
  text: string,
  x: number,
  y: number,
  anchor: TextMark['anchor'] = 'start',
  fill: Role = 'ink-3',
): TextMark => ({ kind: 'text', text, x, y, size: SMALL, fill, anchor });

/** The name or number of a row. */
export const rowText = (
  text: string,
  x: number,
  y: number,
  anchor: TextMark['anchor'] = 'start',
  fill: Role = 'ink',
): TextMark => ({ kind: 'text', text, x, y, size: BODY, fill, anchor });

/** A diamond around a point, as a path. */
export const diamond = (x: number, y: number, r: number): string =>
  `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`;
