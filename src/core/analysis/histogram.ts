/** Histograms with bins of equal width; every value is in exactly one. */

export interface Bin {
  /** Values from `from` up to but not including `to`; the last bin includes everything above. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
/** Values counted in bins of equal width, with mean and maximum. */
export interface Histogram {
  readonly bins: readonly Bin[];
  readonly count: number;
  readonly mean: number | null;
  readonly max: number;
  /** Whether the last bin includes values beyond its width. */
  readonly open: boolean;
}

const MOST_BINS = 24;
const WIDTHS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
/** Share of the values in the closed bins; the last bin has the rest. */
const SHOWN = 0.99;

/**
 * Of whole numbers (lengths). The bins adapt to the values, so that a few very long texts do not flatten the rest.
 * @param reach lowest end of the last bin
 */
export function lengthHistogram(values: readonly number[], reach = 0): Histogram {
  const counts = countEach(values);
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const usual = Math.max(reach, quantile(counts, values.length * SHOWN));
  const width = WIDTHS.find((w) => (usual + 1) / w <= MOST_BINS) ?? Math.ceil((usual + 1) / MOST_BINS);
  const bins = Math.max(1, Math.ceil((usual + 1) / width));
  return fill(values, bins, width, max >= bins * width);
}

/** Of scores from 0 to 1 in steps of 0.05; 1 itself belongs to the last bin. */
export function scoreHistogram(values: readonly number[]): Histogram {
  const steps = 20;
  return fill(values, steps, 1 / steps, false, (value) => value * steps);
}

function fill(
  values: readonly number[],
  size: number,
  width: number,
  open: boolean,
  place: (value: number) => number = (value) => value / width,
): Histogram {
  const counts = new Array<number>(size).fill(0);
  let sum = 0;
  let max = 0;
  for (const value of values) {
    const bin = Math.min(size - 1, Math.floor(place(value)));
    counts[bin] = (counts[bin] ?? 0) + 1;
    sum += value;
    max = Math.max(max, value);
  }
  const edge = (i: number): number => (width < 1 ? i / size : i * width);
  return {
    bins: counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), count })),
    count: values.length,
    mean: values.length > 0 ? sum / values.length : null,
    max,
    open,
  };
}

function countEach(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
/** The smallest value that at least `share` values do not exceed. */
function quantile(counts: ReadonlyMap<number, number>, share: number): number {
  let seen = 0;
  let last = 0;
  for (const value of [...counts.keys()].sort((a, b) => a - b)) {
    if (seen >= share) break;
    seen += counts.get(value) ?? 0;
    last = value;
  }
  return last;
}
