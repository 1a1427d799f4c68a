/** Merges rows from a rater's file: of two rows with the same id, the newer one wins. */

export interface MergeReport<Row> {
  /** Rows to write. */
  readonly rows: readonly Row[];
  readonly added: number;
  readonly updated: number;
  /** Already here, with the same time or a newer one. */
  readonly kept: number;
  /** About something that is not here. */
  readonly unknown: number;
}

/**
 * A row's id names its rater, so nobody's row replaces another's.
 * @param found rows of the file; null for one about something that is not here
 * @param stored the row here with this id
 * @param timeOf when a row was made, in milliseconds since 1970
 */
export function newerWins<Row extends { readonly id: string }>(
  found: readonly (Row | null)[],
  stored: (id: string) => Row | undefined,
  timeOf: (row: Row) => number,
): MergeReport<Row> {
  const merged = new Map<string, Row>();
  const counts = { added: 0, updated: 0, kept: 0, unknown: 0 };
  for (const row of found) {
    if (!row) {
      counts.unknown++;
      continue;
    }
    const here = stored(row.id);
    const before = merged.get(row.id) ?? here;
    if (before && timeOf(before) >= timeOf(row)) {
      counts.kept++;
      continue;
    }
    if (!merged.has(row.id)) counts[here ? 'updated' : 'added']++;
    merged.set(row.id, row);
  }
  return { rows: [...merged.values()], ...counts };
}
