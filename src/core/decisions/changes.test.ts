import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changes } from './changes';

interface Row {
  readonly text: string;
  readonly verdict: string;
}
const row = fc.record({
  text: fc.constantFrom('a', 'A', 'b', 'c'),
  verdict: fc.constantFrom('kept', 'short'),
});
const keys = [
  (one: Row) => `${one.verdict} ${one.text}`,
  (one: Row) => one.text,
  (one: Row) => one.text.toLowerCase(),
];
const sorted = (rows: readonly (Row | null)[]): string[] => rows.map((one) => JSON.stringify(one)).sort();

describe('changes', () => {
  it('are none between the same rows in any order', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(changes(rows, [...rows].reverse(), keys)).toEqual([]);
      }),
    );
  });

  it('lead from one list to the other, and no row is told twice', () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (before, after) => {
        const found = changes(before, after, keys);
        const gone = found.flatMap((change) => (change.before ? [change.before] : []));
        const come = found.flatMap((change) => (change.after ? [change.after] : []));
        // What is not told is the same on both sides.
        const left = before.filter((one) => !gone.includes(one));
        const right = after.filter((one) => !come.includes(one));
        expect(sorted(left)).toEqual(sorted(right));
        expect(found.length).toBe(Math.max(gone.length, come.length));
        for (const one of found) expect(one.before).not.toEqual(one.after);
      }),
    );
  });

  it('pair a row with what became of it', () => {
    const kept = { text: 'Ask NASA', verdict: 'kept' };
    const lowered = { text: 'Ask nasa', verdict: 'kept' };
    const other = { text: 'b', verdict: 'kept' };
    const dropped = { text: 'b', verdict: 'short' };
    expect(changes<Row>([kept, other], [dropped, lowered], keys)).toEqual([
      { before: other, after: dropped },
      { before: kept, after: lowered },
    ]);
    expect(changes<Row>([kept], [], keys)).toEqual([{ before: kept, after: null }]);
  });
});
