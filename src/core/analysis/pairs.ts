/** Root verbs and their direct objects, counted for the paper's sunburst: 20 verbs by 4 nouns. */
import type { VerbNoun } from './verb-noun';

/** Verbs in the paper's figure (section 3.2). */
export const MOST_VERBS = 20;
/** Nouns for each verb in the paper's figure (section 3.2). */
export const MOST_NOUNS = 4;
const MOST_PAIRS = 6;

/** A root verb with its direct object, and in how many tasks the two occur. */
export interface PairCount {
  readonly verb: string;
  readonly noun: string;
  readonly count: number;
  /** Whether a seed task of the run also has this pair. */
  readonly inSeeds: boolean;
}
/** A root verb with its commonest objects. */
export interface VerbCount {
  readonly verb: string;
  /** Tasks with this verb and any noun. */
  readonly count: number;
  readonly nouns: readonly PairCount[];
  /** Tasks with this verb and a noun that is not listed. */
  readonly others: number;
}
/** Root verbs and direct objects of a run (paper, section 3.2). */
export interface VerbNounFigures {
  /** Machine instructions analysed. */
  readonly tasks: number;
  readonly withPair: number;
  readonly distinct: number;
  readonly distinctNew: number;
  readonly verbs: readonly VerbCount[];
  readonly top: readonly PairCount[];
}

type Counts = Map<string, Map<string, number>>;

/** Ties are in alphabetical order, so that the figure does not jump during a run. */
export function pairFigures(
  machine: Iterable<VerbNoun | null>,
  seeds: Iterable<VerbNoun | null>,
): VerbNounFigures {
  const { counts, tasks, withPair } = count(machine);
  const seedCounts = count(seeds).counts;
  const pairs: PairCount[] = [];
  const verbs: VerbCount[] = [];
  for (const [verb, nouns] of counts) {
    const all = [...nouns].map(([noun, n]) => ({
      verb,
      noun,
      count: n,
      inSeeds: seedCounts.get(verb)?.has(noun) ?? false,
    }));
    all.sort(mostFirst(({ noun }) => noun));
    pairs.push(...all);
    const total = all.reduce((sum, pair) => sum + pair.count, 0);
    const shown = all.slice(0, MOST_NOUNS);
    const others = total - shown.reduce((sum, pair) => sum + pair.count, 0);
    verbs.push({ verb, count: total, nouns: shown, others });
  }
  verbs.sort(mostFirst(({ verb }) => verb));
  pairs.sort(mostFirst(({ verb, noun }) => `${verb} ${noun}`));
  return {
    tasks,
    withPair,
    distinct: pairs.length,
    distinctNew: pairs.filter(({ inSeeds }) => !inSeeds).length,
    verbs: verbs.slice(0, MOST_VERBS),
    top: pairs.slice(0, MOST_PAIRS),
  };
}

function count(pairs: Iterable<VerbNoun | null>): { counts: Counts; tasks: number; withPair: number } {
  const counts: Counts = new Map();
  let tasks = 0;
  let withPair = 0;
  for (const pair of pairs) {
    tasks++;
    if (!pair || pair.noun === null) continue;
    withPair++;
    const nouns = counts.get(pair.verb) ?? new Map<string, number>();
    nouns.set(pair.noun, (nouns.get(pair.noun) ?? 0) + 1);
    counts.set(pair.verb, nouns);
  }
  return { counts, tasks, withPair };
}

function mostFirst<T extends { readonly count: number }>(name: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => b.count - a.count || (name(a) < name(b) ? -1 : 1);
}
