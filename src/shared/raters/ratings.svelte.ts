/** All ratings of one run, or all grades of one evaluation, in memory: by rater, and by what was rated. */
interface Rated {
  readonly id: string;
  readonly rater: string;
}
/** Rows to write, and ids of rows to remove. */
export interface RatingsChange<Row> {
  readonly rows: readonly Row[];
  readonly removed: readonly string[];
}

/* eslint-disable svelte/prefer-svelte-reactivity -- a signal for each of many thousand rows is slow: `#all` tells */
export class Ratings<Key, Row extends Rated> {
  /** The object is replaced with each change, which readers see; the maps stay, because copying them is slow. */
  #all = $state.raw({ byId: new Map<string, Row>(), byRater: new Map<string, Map<Key, Row>>() });

  /** @param keyOf tells apart what one rater rated */
  constructor(private readonly keyOf: (row: Row) => Key) {}

  get raters(): readonly string[] {
    return [...this.#all.byRater].filter(([, rows]) => rows.size > 0).map(([rater]) => rater);
  }
  /** Rows of one rater; of nobody, none. */
  of(rater: string | null): ReadonlyMap<Key, Row> {
    return this.#all.byRater.get(rater ?? '') ?? new Map<Key, Row>();
  }
  byId(id: string): Row | undefined {
    return this.#all.byId.get(id);
  }
  /** The change that brings rows back to what they are now. */
  restoring(ids: readonly string[]): RatingsChange<Row> {
    const { byId } = this.#all;
    return {
      rows: ids.flatMap((id) => byId.get(id) ?? []),
      removed: ids.filter((id) => !byId.has(id)),
    };
  }

  change({ rows, removed }: RatingsChange<Row>): void {
    const { byId, byRater } = this.#all;
    for (const row of rows) {
      byId.set(row.id, row);
      const own = byRater.get(row.rater);
      if (own) own.set(this.keyOf(row), row);
      else byRater.set(row.rater, new Map([[this.keyOf(row), row]]));
    }
    for (const id of removed) {
      const row = byId.get(id);
      byId.delete(id);
      if (row) byRater.get(row.rater)?.delete(this.keyOf(row));
    }
    this.#all = { byId, byRater };
  }
  clear(): void {
    this.#all = { byId: new Map(), byRater: new Map() };
  }
}
