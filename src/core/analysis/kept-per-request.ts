/** How many instructions the requests of a run gave, and how many were accepted, over time. */

export interface JudgedCandidate {
  readonly id: string;
  readonly requestIndex: number;
  readonly kept: boolean;
}
/** Requests shown as one point, from `from` to `to` inclusive. */
export interface KeptPoint {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly kept: number;
  readonly candidates: number;
}

const MOST_POINTS = 40;
const NICE = [1, 2, 5];

/** Requests without a candidate count as requests. */
export class KeptPerRequest {
  readonly #seen = new Set<string>();
  #kept: number[] = [];
  #candidates: number[] = [];

  /** Adding a verdict twice changes nothing. */
  add({ id, requestIndex, kept }: JudgedCandidate): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#candidates[requestIndex] = (this.#candidates[requestIndex] ?? 0) + 1;
    this.#kept[requestIndex] = (this.#kept[requestIndex] ?? 0) + (kept ? 1 : 0);
  }
  get requests(): number {
    return this.#candidates.length;
  }
  points(): readonly KeptPoint[] {
    const size = groupSize(this.requests);
    return Array.from({ length: Math.ceil(this.requests / size) }, (_, i) => {
      const from = i * size;
      const to = Math.min(this.requests, from + size);
      return {
        from,
        to: to - 1,
        requests: to - from,
        kept: sum(this.#kept, from, to),
        candidates: sum(this.#candidates, from, to),
      };
    });
  }
}

function groupSize(requests: number): number {
  for (let ten = 1; ; ten *= 10) {
    const fits = NICE.find((nice) => requests / (nice * ten) <= MOST_POINTS);
    if (fits !== undefined) return fits * ten;
  }
}
/** Requests without a candidate are missing in the list. */
function sum(list: readonly (number | undefined)[], from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += list[i] ?? 0;
  return total;
}
