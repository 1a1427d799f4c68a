/** Charts of rows: a name beside what is drawn for it, or above it where the chart is narrow. */
import { BODY, type Mark, rowText, type Role, type TextMark } from './drawing';
import { fitted } from './text-width';

export const HEADING = 32;

export interface RowLayout {
  readonly narrow: boolean;
  /** Where what is drawn begins: beside the names. */
  readonly left: number;
  /** Room above it for the name. */
  readonly above: number;
  /** Where the name's letters stand in a row at y whose drawing is this high. */
  readonly baseline: (y: number, height: number) => number;
}
/** @param names room for them where the chart is wide  @param least width with names beside what is drawn */
export function rowLayout(width: number, names: number, least: number): RowLayout {
  const narrow = width < least;
  return narrow
    ? { narrow, left: 0, above: 20, baseline: (y) => y + 15 }
    : { narrow, left: names, above: 0, baseline: (y, height) => y + height / 2 + 4.5 };
}
/** For names that people give. */
export const longNames = (width: number): RowLayout =>
  rowLayout(width, Math.min(280, Math.max(176, 0.28 * width)), 560);

/** @param y top of the row  @param height of what is drawn  @param taken room that something else needs in its line */
export function rowName(
  label: string,
  { narrow, left, baseline }: RowLayout,
  width: number,
  y: number,
  height: number,
  look: { readonly fill?: Role; readonly weight?: TextMark['weight']; readonly taken?: number } = {},
): Mark {
  const { fill = 'ink', weight, taken = 0 } = look;
  const room = narrow ? width - taken : left - 12;
  const text = fitted(label, room, BODY);
  return {
    ...rowText(text, 0, baseline(y, height), 'start', fill),
    ...(weight ? { weight } : {}),
    ...(text === label ? {} : { title: label }),
  };
}

/** A line over the rows below it. @param y top of the row */
export const rowHeading = (label: string, width: number, y: number): Mark => ({
  ...rowText(fitted(label, width, BODY), 0, y + HEADING - 9, 'start', 'ink-2'),
  title: label,
});
