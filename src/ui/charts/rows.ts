/** Charts of rows: a name beside what is drawn for it, or above it where the chart is narrow. */
import { BODY, type Mark, rowText, type Role, type TextMark } from './drawing';
import { fitted } from './text-width';

/** Of a wide chart, for the names. */
const NAMES = 176;
export const HEADING = 32;

export interface RowLayout {
  readonly narrow: boolean;
  /** Where what is drawn begins. */
  readonly left: number;
  /** Room above it for the name. */
  readonly above: number;
}
export function rowLayout(width: number): RowLayout {
  const narrow = width < 560;
  return { narrow, left: narrow ? 0 : NAMES, above: narrow ? 20 : 0 };
}

/** @param y top of the row  @param height of what is drawn  @param taken room that something else needs in its line */
export function rowName(
  label: string,
  { narrow, above }: RowLayout,
  width: number,
  y: number,
  height: number,
  look: { readonly fill?: Role; readonly weight?: TextMark['weight']; readonly taken?: number } = {},
): Mark {
  const { fill = 'ink', weight, taken = 0 } = look;
  const room = narrow ? width - taken : NAMES - 12;
  const text = fitted(label, room, BODY);
  return {
    ...rowText(text, 0, narrow ? y + above - 5 : y + height / 2 + 4.5, 'start', fill),
    ...(weight ? { weight } : {}),
    ...(text === label ? {} : { title: label }),
  };
}

/** A line over the rows below it. @param y top of the row */
export const rowHeading = (label: string, width: number, y: number): Mark => ({
  ...rowText(fitted(label, width, BODY), 0, y + HEADING - 9, 'start', 'ink-2'),
  title: label,
});
