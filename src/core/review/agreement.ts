/** Agreement of two raters: percent agreement, Cohen's kappa, Spearman's rank correlation. */

export interface Agreement {
  /** Pairs of ratings that were compared. */
  readonly pairs: number;
  readonly same: number;
  /** Cohen's kappa; null when it is not defined: no pairs, or both raters gave one and the same answer throughout. */
  readonly kappa: number | null;
}

type Pair = readonly [a: string | number | boolean, b: string | number | boolean];

/** Percent agreement and Cohen's kappa of pairs of judgements. */
export function agreement(pairs: readonly Pair[]): Agreement {
  const counts = new Map<Pair[0], [number, number]>();
  let same = 0;
  const count = (category: Pair[0], rater: 0 | 1): void => {
    const both = counts.get(category) ?? [0, 0];
    both[rater]++;
    counts.set(category, both);
  };
  for (const [a, b] of pairs) {
    if (a === b) same++;
    count(a, 0);
    count(b, 1);
  }
  const n = pairs.length;
  // In whole numbers, so that full chance agreement is distinguished exactly from nearly full.
  const chance = [...counts.values()].reduce((sum, [a, b]) => sum + a * b, 0);
  const kappa = n === 0 || chance === n * n ? null : (n * same - chance) / (n * n - chance);
  return { pairs: n, same, kappa };
}

/** Landis and Koch's words for kappa (1977). */
export type KappaWord =
  'less than chance' | 'slight' | 'fair' | 'moderate' | 'substantial' | 'almost perfect';
/** Landis and Koch's word for a kappa. */
export function kappaWord(kappa: number): KappaWord {
  if (kappa < 0) return 'less than chance';
  if (kappa <= 0.2) return 'slight';
  if (kappa <= 0.4) return 'fair';
  if (kappa <= 0.6) return 'moderate';
  return kappa <= 0.8 ? 'substantial' : 'almost perfect';
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => [value, i] as const).sort(([a], [b]) => a - b);
  const ranked = new Array<number>(values.length).fill(0);
  let from = 0;
  while (from < order.length) {
    let to = from;
    while (order[to + 1]?.[0] === order[from]?.[0]) to++;
    const shared = (from + to) / 2 + 1;
    for (const [, i] of order.slice(from, to + 1)) ranked[i] = shared;
    from = to + 1;
  }
  return ranked;
}

/** Spearman's rho: Pearson's correlation of the ranks. Null with fewer than two pairs, or when one side never varies. */
export function spearman(pairs: readonly (readonly [a: number, b: number])[]): number | null {
  const a = ranks(pairs.map(([value]) => value));
  const b = ranks(pairs.map(([, value]) => value));
  const mean = (pairs.length + 1) / 2;
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (const [i, rank] of a.entries()) {
    const x = rank - mean;
    const y = (b[i] ?? 0) - mean;
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  if (ofA === 0 || ofB === 0) return null;
  // Rounding must not exceed the range of the measure.
  return Math.max(-1, Math.min(1, both / Math.sqrt(ofA * ofB)));
}
