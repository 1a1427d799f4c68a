/** The charts of a screen, so that all of them can be saved at once. The screen passes it to its cards. */
import type { ChartTable } from './chart-data';

/** A chart or a table as files. */
export interface SavableChart {
  /** The file's name without its ending. */
  readonly file: string;
  readonly table: ChartTable;
  /** Null where there is a table alone. */
  readonly svg: Blob | null;
}

/** Collects what the charts of a screen can be saved as. */
export class ScreenCharts {
  /** Asked when they are saved; null while there is nothing to draw. */
  readonly #charts = new Set<() => SavableChart | null>();

  /** @returns removes the chart again */
  add(chart: () => SavableChart | null): () => void {
    this.#charts.add(chart);
    return () => this.#charts.delete(chart);
  }
  all(): readonly SavableChart[] {
    return [...this.#charts].flatMap((chart) => chart() ?? []);
  }
}
