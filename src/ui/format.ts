/** Numbers, times and sizes as they are shown. */
const whole = new Intl.NumberFormat('en');

export const count = (value: number): string => whole.format(Math.round(value));
export const decimal = (value: number, digits = 1): string => value.toFixed(digits);
export const percent = (part: number, all: number): string => {
  if (all === 0) return '0%';
  const share = (100 * part) / all;
  return `${share > 0 && share < 1 ? share.toFixed(1) : Math.round(share)}%`;
};

/** `1 instance`, `2 instances`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `34 min`, `12 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
/** `53:41`. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
/** Thousands as k: `351 k`. */
export const short = (value: number): string => (value < 10_000 ? count(value) : `${count(value / 1000)} k`);

/** `6.4 MB`, `1.4 GB`, `12 GB`. */
export function megabytes(bytes: number): string {
  const gigabytes = bytes / 1_000_000_000;
  if (gigabytes < 1) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${gigabytes < 10 ? gigabytes.toFixed(1) : count(gigabytes)} GB`;
}
/** `812 B`, `14 kB`, `1.4 MB`. */
export function bytes(value: number): string {
  if (value < 1_000) return `${count(value)} B`;
  return value < 1_000_000 ? `${count(value / 1_000)} kB` : megabytes(value);
}
