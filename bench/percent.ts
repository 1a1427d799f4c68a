import { share } from '../src/core/review/quality';

/** A share in percent with its 95 % interval by Wilson; nothing for a share of none. */
export function percent(part: number, all: number): string {
  if (all === 0) return '';
  const { low, high } = share(part, all);
  const [middle, least, most] = [part / all, low, high].map((value) => Math.round(100 * value));
  return `${middle} % (${least} to ${most})`;
}
