/** Names of columns. */
import { WORDS } from './words';

/** A second column of a name gets another one, so that it is not lost in silence: it is listed as one that is not read. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  /** How often a name was there so far. */
  const counts = new Map<string, number>();
  return names.map((name) => {
    let n = (counts.get(name) ?? 0) + 1;
    let distinct = name;
    for (; n > 1 && taken.has(distinct); n++) distinct = WORDS.data.again(name, n);
    counts.set(name, n > 1 ? n - 1 : n);
    taken.add(distinct);
    return distinct;
  });
}
