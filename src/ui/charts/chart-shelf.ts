/** The charts of a screen, so that all of them can be saved at once. The screen passes it to its cards. */
import type { ChartTable } from './chart-data';

export interface ShelvedChart {
  /** The file's name without its ending. */
  readonly file: string;
  readonly table: ChartTable;
  /** Null where there is a table alone. */
  readonly svg: Blob | null;
}

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
