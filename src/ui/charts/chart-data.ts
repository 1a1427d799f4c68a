/** What charts draw, and the table that says the same. */
import type { RectMark, Role } from './drawing';
import type { Tick } from './plot';

export interface ChartTable {
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly string[])[];
}

/** Parts of a drawing that can be chosen. */
export interface ChartParts {
  /** Says what they are and how they are reached. */
  readonly label: string;
  /** What makes a part a button: its attributes, and what its events do. */
  readonly attributes: (part: string) => Readonly<Record<string, unknown>>;
}

export interface HistogramData {
  /** Parts of each bar, from the bottom up; one class has no name. */
  readonly classes: readonly HistogramClass[];
  /** Equally wide over the whole axis; a count for each class. */
  readonly bars: readonly { readonly label: string; readonly counts: readonly number[] }[];
  readonly ticks: readonly Tick[];
  readonly marks: readonly HistogramMark[];
  /** What stands along the axis, in words. */
  readonly axis: string;
  /** A chart that a screen is about. */
  readonly tall?: boolean;
}
export interface HistogramClass {
  readonly label: string;
  readonly fill: Role;
  readonly pattern?: RectMark['pattern'];
}
export interface HistogramMark extends Tick {
  readonly kind: 'ours' | 'paper' | 'limit';
}

export interface LineData {
  /** The axis along the bottom begins at 0, the other at `minY`, or at 0 where nothing is said. */
  readonly maxX: number;
  readonly maxY: number;
  readonly minY?: number;
  readonly ticksX: readonly Tick[];
  readonly ticksY: readonly Tick[];
  readonly series: readonly LineSeries[];
  /** Places along the bottom that mean something. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly axisX: string;
  /** A chart that a screen is about. */
  readonly tall?: boolean;
}
export interface LineSeries {
  readonly label: string;
  /** `kept` thick with filled dots, `all` thin, `line` thick, `faint` pale, `rings` with hollow dots, `squares` with squares. */
  readonly kind: 'kept' | 'all' | 'line' | 'faint' | 'rings' | 'squares';
  readonly points: readonly LinePoint[];
}
interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** Drawn through the point, from top to bottom. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** Figures with their intervals, one under the other on one axis from 0. */
export interface IntervalData {
  readonly max: number;
  readonly ticks: readonly number[];
  readonly axis: string;
  /** What they are, for the legend. */
  readonly kinds: Readonly<Record<'before' | 'after' | 'paper', string>>;
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
  readonly classes: readonly { readonly label: string; readonly legend: string }[];
  readonly rows: readonly StackedRow[];
}
export type StackedRow =
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'ours' | 'paper'; readonly label: string; readonly counts: readonly number[] };

/** What each rule rejects of what the rules before it passed. */
export interface FunnelData {
  readonly legend: Readonly<Record<'passed' | 'rejected', string>>;
  readonly whole: number;
  readonly rows: readonly FunnelRow[];
}
export interface FunnelRow {
  readonly label: string;
  readonly passed: number;
  readonly rejected: number;
  readonly text: string;
}

/** Two figures a row on one axis from 0. */
export interface ChangeData {
  readonly max: number;
  readonly ticks: readonly number[];
  readonly axis: string;
  /** What they are, for the legend. */
  readonly kinds: Readonly<Record<'before' | 'after', string>>;
  readonly rows: readonly ChangeRow[];
}
export interface ChangeRow {
  readonly label: string;
  readonly before: number;
  readonly after: number;
  readonly text: string;
}
