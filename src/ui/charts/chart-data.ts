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
  /** The axis along the bottom begins at 0, the other at `minY`, or at 0 where nothing is said. */
  readonly maxX: number;
  readonly maxY: number;
  readonly minY?: number;
  readonly ticksX: readonly { readonly at: number; readonly label: string }[];
  readonly ticksY: readonly { readonly at: number; readonly label: string }[];
  readonly series: readonly LineSeries[];
  /** Places along the bottom that mean something. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly axisX: string;
}
export interface LineSeries {
  readonly label: string;
  /** `kept` thick with filled dots, `all` thin, `line` thick, `faint` pale, `rings` with hollow dots. */
  readonly kind: 'kept' | 'all' | 'line' | 'faint' | 'rings';
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

/** Figures with their intervals, one under the other on one axis from 0. */
export interface IntervalData {
  readonly max: number;
  readonly ticks: readonly number[];
  readonly axis: string;
  readonly rows: readonly IntervalRow[];
}
export type IntervalRow =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      /** `before` hollow, `after` filled, `paper` published. */
      readonly kind: 'before' | 'after' | 'paper';
      readonly label: string;
      readonly value: number;
      /** Null where no interval is known. */
      readonly interval: { readonly low: number; readonly high: number } | null;
      /** Its interval crosses all rows as a band. */
      readonly band?: boolean;
      readonly text: string;
    };

/** Shares of four classes, best first, each row a whole. */
export interface StackedData {
  readonly classes: readonly string[];
  readonly rows: readonly StackedRow[];
}
export type StackedRow =
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'ours' | 'paper'; readonly label: string; readonly counts: readonly number[] };

export interface BarRow {
  readonly label: string;
  /** Drawn solid, and behind it with a hatch. */
  readonly passed: number;
  readonly dropped: number;
  readonly text: string;
}
