/** The charts that stand on a screen, so that all of them can be saved at once. A screen that wants that has a shelf. */
import { getContext, setContext } from 'svelte';
import type { ChartTable } from './chart-data';

export interface ShelvedChart {
  /** The file's name without its ending. */
  readonly file: string;
  readonly table: ChartTable;
  /** Null where there is a table alone. */
  readonly svg: Blob | null;
}

const KEY = Symbol('charts');

export class ChartShelf {
  /** Asked when they are saved; null while there is nothing to draw. */
  readonly #charts = new Set<() => ShelvedChart | null>();

  /** Returns what takes the chart off again. */
  add(chart: () => ShelvedChart | null): () => void {
    this.#charts.add(chart);
    return () => this.#charts.delete(chart);
  }
  take(): readonly ShelvedChart[] {
    return [...this.#charts].flatMap((chart) => chart() ?? []);
  }
}

export const setChartShelf = (): ChartShelf => setContext(KEY, new ChartShelf());
/** The shelf of the screen around; undefined where there is none. */
export const getChartShelf = (): ChartShelf | undefined => getContext<ChartShelf | undefined>(KEY);
