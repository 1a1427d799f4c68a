/** Which rows of one completion differ between two ways of judging it, and how. */

export interface DecisionChange<T> {
  /** Null when the row is new. */
  readonly before: T | null;
  /** Null when the row is gone. */
  readonly after: T | null;
}

/**
 * Rows with the same first key are equal and left out. Of the others, rows with the same second key are a change of one
 * row, then those with the same third key, and so on; the rest is paired in order.
 */
export function changes<T>(
  before: readonly T[],
  after: readonly T[],
  keys: readonly ((row: T) => string)[],
): readonly DecisionChange<T>[] {
  const [same, ...looser] = keys;
  if (!same) return pairedInOrder(before, after);
  const strict = matched(before, after, same);
  const found: DecisionChange<T>[] = [];
  let { left, right } = strict;
  for (const key of looser) {
    const next = matched(left, right, key);
    found.push(...next.pairs.map(([a, b]) => ({ before: a, after: b })));
    ({ left, right } = next);
  }
  return [...found, ...pairedInOrder(left, right)];
}

function pairedInOrder<T>(left: readonly T[], right: readonly T[]): DecisionChange<T>[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => ({
    before: left[i] ?? null,
    after: right[i] ?? null,
  }));
}

function matched<T>(left: readonly T[], right: readonly T[], key: (row: T) => string) {
  const byKey = new Map<string, T[]>();
  for (const row of right) {
    const rows = byKey.get(key(row));
    if (rows) rows.push(row);
    else byKey.set(key(row), [row]);
  }
  const pairs: [T, T][] = [];
  const rest: T[] = [];
  const taken = new Set<T>();
  for (const row of left) {
    const other = byKey.get(key(row))?.shift();
    if (other === undefined) rest.push(row);
    else {
      pairs.push([row, other]);
      taken.add(other);
    }
  }
  return { pairs, left: rest, right: right.filter((row) => !taken.has(row)) };
}
