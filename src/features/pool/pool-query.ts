/** A query of the pool: which list, which rows, in which order; and how its rows are found in slices. */
import { EVERY_TASK, matcherOf, type PoolFilter, type TaskType } from '../../core/pool-filter';
import { REJECT_REASONS, type RejectReason, type Stage } from '../../core/task';
import { Pacer } from '../../io/pacer';
import type { PoolRow } from '../../shared/tasks/pool-rows';

export type PoolList = 'tasks' | 'rejected';
export type SortKey = 'id' | 'rougeL';

export interface PoolQuery extends PoolFilter {
  /** Nothing chosen means everything. */
  readonly reasons: readonly RejectReason[];
  readonly sort: SortKey;
  readonly descending: boolean;
}
export const ALL: PoolQuery = {
  ...EVERY_TASK,
  reasons: [],
  sort: 'id',
  descending: true,
};

export const STAGES: readonly Stage['stage'][] = ['instruction', 'identified', 'complete'];
export const TYPES: readonly TaskType[] = ['classification', 'open'];

/** One thing that can be chosen in the filter. */
export type Facet =
  | { readonly kind: 'stages'; readonly value: Stage['stage'] }
  | { readonly kind: 'types'; readonly value: TaskType }
  | { readonly kind: 'reasons'; readonly value: RejectReason }
  | { readonly kind: 'edited'; readonly value: 'edited' };

export const FACETS: Readonly<Record<PoolList, readonly Facet[]>> = {
  tasks: [
    ...STAGES.map((value) => ({ kind: 'stages', value }) as const),
    ...TYPES.map((value) => ({ kind: 'types', value }) as const),
    { kind: 'edited', value: 'edited' },
  ],
  rejected: REJECT_REASONS.map((value) => ({ kind: 'reasons', value }) as const),
};

export const isChosen = (query: PoolQuery, { kind, value }: Facet): boolean =>
  kind === 'edited' ? query.edited : (query[kind] as readonly string[]).includes(value);

/** The query with the facet chosen, or no longer chosen. */
export function toggled(query: PoolQuery, facet: Facet): PoolQuery {
  if (facet.kind === 'edited') return { ...query, edited: !query.edited };
  const { kind, value } = facet;
  const chosen: readonly string[] = query[kind];
  const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
  return { ...query, [kind]: next };
}

const typeOf = (row: PoolRow): TaskType | null => {
  if (row.kind !== 'task' || row.isClassification === null) return null;
  return row.isClassification ? 'classification' : 'open';
};
const has = (row: PoolRow, { kind, value }: Facet): boolean => {
  if (kind === 'reasons') return row.kind === 'rejected' && row.reason === value;
  if (row.kind !== 'task') return false;
  if (kind === 'edited') return row.edited;
  return kind === 'stages' ? row.stage === value : typeOf(row) === value;
};

/** A function that tells whether a row matches the query. */
function rowMatcher(query: PoolQuery): (row: PoolRow) => boolean {
  const folded = query.text.trim().toLowerCase();
  const matches = matcherOf(query);
  return (row) => {
    if (row.kind === 'task') return matches(row);
    if (folded && !row.folded.includes(folded) && !row.label.includes(folded)) return false;
    return query.reasons.length === 0 || query.reasons.includes(row.reason);
  };
}

/** Rows between two looks at the clock. */
const STRIDE = 512;

export interface Selection {
  readonly rows: readonly PoolRow[];
  /** Rows of the list that the origin alone lets through: the whole of which `rows` is a part. */
  readonly whole: number;
  /** Rows of each facet of the list in that whole, in the order of `FACETS`. */
  readonly counts: readonly number[];
}

/**
 * The rows that match the query, in its order. Works in slices; null when it was stopped before the end.
 * @param all in the order of their ids
 * @param stopped is called between slices
 */
export async function select(
  all: readonly PoolRow[],
  list: PoolList,
  query: PoolQuery,
  stopped: () => boolean,
): Promise<Selection | null> {
  const matches = rowMatcher(query);
  const facets = FACETS[list];
  const counts = facets.map(() => 0);
  const found: PoolRow[] = [];
  let whole = 0;
  const pacer = new Pacer();
  for (const [i, row] of all.entries()) {
    if (i % STRIDE === STRIDE - 1 && pacer.due) {
      await pacer.pause();
      if (stopped()) return null;
    }
    if (list === 'tasks' && query.origin && row.kind === 'task' && row.origin !== query.origin) continue;
    whole++;
    for (const [f, facet] of facets.entries()) if (has(row, facet)) counts[f] = (counts[f] ?? 0) + 1;
    if (matches(row)) found.push(row);
  }
  if (stopped()) return null;
  return { rows: ordered(found, query), whole, counts };
}

/** Rows without a score come last in both directions. Equal scores stay in the order of ids. */
function ordered(rows: PoolRow[], { sort, descending }: PoolQuery): readonly PoolRow[] {
  if (sort === 'id') return descending ? rows.reverse() : rows;
  // Score and place packed into one number: sorting plain numbers is many times faster than calling a comparator,
  // and scores with at most 150 words on each side differ by far more than one part in 2^30.
  const PLACES = 2 ** 22;
  const scored: number[] = [];
  const rest: PoolRow[] = [];
  for (const [place, row] of rows.entries()) {
    if (row.rougeL === null) rest.push(row);
    else {
      const score = Math.round(row.rougeL * 2 ** 30);
      scored.push((descending ? 2 ** 30 - score : score) * PLACES + place);
    }
  }
  const sorted = Array.from(Float64Array.from(scored).sort(), (key) => rows[key % PLACES]);
  return [...sorted.filter((row) => row !== undefined), ...rest];
}
