/** When the requests of a recorded run began and ended. */
import type { ModelCall } from '../run';

/** In milliseconds from the beginning of the recording. */
export interface CallSpan {
  readonly from: number;
  readonly to: number;
}
export interface Timeline {
  /** By the ids of the calls. */
  readonly spans: ReadonlyMap<string, CallSpan>;
  /** The ends of the calls, in order. */
  readonly ends: readonly number[];
  /** The end of the last call. */
  readonly total: number;
  /** How many requests were computed at once, at most. */
  readonly parallel: number;
}

/** While nothing was computed for longer, the run was paused or its tab was closed: that is not waited for again. */
const PAUSE_MS = 1_000;

/** From when calls were stored and how long they took. Pauses of the run are cut to a second. */
export function timelineOf(calls: readonly Pick<ModelCall, 'id' | 'createdAt' | 'seconds'>[]): Timeline {
  const begun = calls
    .map(({ id, createdAt, seconds }) => ({
      id,
      from: Math.round(createdAt - seconds * 1000),
      to: createdAt,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const spans = new Map<string, CallSpan>();
  let cut = begun[0]?.from ?? 0;
  let busyUntil = cut;
  // In order, each is passed once: a file may say of all its calls that they were computed at once.
  const openEnds = begun.flatMap(({ from, to }) => (to > from ? [to] : [])).sort((a, b) => a - b);
  let parallel = 1;
  let opened = 0;
  let closed = 0;
  for (const { id, from, to } of begun) {
    cut += Math.max(0, from - busyUntil - PAUSE_MS);
    busyUntil = Math.max(busyUntil, to);
    while ((openEnds[closed] ?? Infinity) <= from) closed++;
    parallel = Math.max(parallel, opened - closed + 1);
    if (to > from) opened++;
    spans.set(id, { from: from - cut, to: to - cut });
  }
  const ends = [...spans.values()].map(({ to }) => to).sort((a, b) => a - b);
  return { spans, ends, total: ends.at(-1) ?? 0, parallel };
}
