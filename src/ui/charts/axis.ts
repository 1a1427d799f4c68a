/** Round numbers along an axis. */
import { nice, ticks } from 'd3-array';

export interface Axis {
  readonly max: number;
  readonly ticks: readonly number[];
}

/** @param most largest value that is drawn  @param many about so many steps */
export function axisTo(most: number, many: number, whole: boolean): Axis {
  if (most <= 0) return { max: 1, ticks: [0, 1] };
  const [, max] = nice(0, most, many);
  const steps = ticks(0, max, many).filter((tick) => !whole || Number.isInteger(tick));
  return { max, ticks: steps };
}

/** An axis that need not begin at 0, for values whose differences count. */
export function axisBetween(least: number, most: number, many: number): Axis & { readonly min: number } {
  const [min, max] = nice(least, most === least ? least + 1 : most, many);
  return { min, max, ticks: ticks(min, max, many) };
}
