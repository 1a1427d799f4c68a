/** What charts draw, and the table that says the same. */

export interface ChartTable {
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly string[])[];
}

export interface HistogramData {
  readonly bars: readonly { readonly label: string; readonly count: number }[];
  /** Labels of the axis; `at` from 0 (left) to 1 (right). */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly marks: readonly HistogramMark[];
  /** What stands along the axis, in words. */
  readonly axis: string;
}
export interface HistogramMark {
  readonly at: number;
  readonly kind: 'ours' | 'paper' | 'limit';
  readonly label: string;
}

export interface LineData {
  /** Both axes from 0. */
  readonly maxX: number;
  readonly maxY: number;
  readonly ticksX: readonly { readonly at: number; readonly label: string }[];
  readonly ticksY: readonly { readonly at: number; readonly label: string }[];
  readonly series: readonly LineSeries[];
  readonly axisX: string;
}
export interface LineSeries {
  readonly label: string;
  readonly kind: 'kept' | 'all';
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface BarRow {
  readonly label: string;
  /** Drawn solid, and behind it with a hatch. */
  readonly passed: number;
  readonly dropped: number;
  readonly text: string;
}
