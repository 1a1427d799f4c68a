/** How fast a rater rates, from the times of the ratings. */

/** A longer gap was a break. */
const BREAK_MS = 120_000;
/** Only the latest ratings count. */
const LATEST = 20;

/** Mean milliseconds per rating; null until there are two. Breaks count as the longest gap that is not a break. */
export function pace(times: readonly number[]): number | null {
  const latest = times.slice(-LATEST - 1);
  if (latest.length < 2) return null;
  let sum = 0;
  for (let i = 1; i < latest.length; i++) {
    sum += Math.min(BREAK_MS, Math.max(0, (latest[i] ?? 0) - (latest[i - 1] ?? 0)));
  }
  return sum / (latest.length - 1);
}
