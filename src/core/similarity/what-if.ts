/**
 * What another threshold would have accepted. The candidates of a run are compared once with the seeds and with each
 * other; after that any threshold is decided by short sorted lists, in the order of the run.
 */
import type { TaskId } from '../task';
import { GrowingInts } from './growing-ints';
import type { PoolIndex, ThresholdEdge } from './pool-index';
import { type TokenMode, tokenize } from './tokenize';

/** Pairs of candidates that any threshold from `floor` upwards may ask about. Flat arrays: they cross to the page. */
export interface WhatIfGraph {
  readonly floor: number;
  readonly seeds: number;
  /** By candidate: the score that rejects it whatever else is kept, to a seed or to an earlier twin; 0 below the floor. */
  readonly fixed: Float64Array<ArrayBuffer>;
  /** By candidate: what has that score, a seed by its position, or an earlier candidate by `seeds` + its position. */
  readonly fixedBy: Uint32Array<ArrayBuffer>;
  /** By candidate: where its earlier neighbours end in the two lists below; they begin where the last one's end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Earlier candidates by position in the run, the most similar first, and their scores. */
  readonly neighbours: Uint32Array<ArrayBuffer>;
  readonly scores: Float64Array<ArrayBuffer>;
}

/** Candidates to be judged by other thresholds. */
export interface WhatIfQuestion {
  readonly mode: TokenMode;
  readonly seeds: readonly string[];
  /** In the order of the run: all that the similarity filter decided. */
  readonly candidates: readonly string[];
  /** The lowest threshold that will be used, above 0. */
  readonly floor: number;
}

/** The verdicts at one threshold. */
export interface WhatIfResult {
  readonly kept: number;
  /** By candidate: 1 when it is kept. Valid until the next question. */
  readonly flags: Uint8Array;
}

/** What rejects a candidate at a threshold: a seed, or an earlier candidate, by position. */
export interface Rejecter {
  readonly kind: 'seed' | 'candidate';
  readonly position: number;
  readonly score: number;
}

/** Candidates between two reports of progress. */
const STRIDE = 200;
const SEED = 's';

/**
 * Two kinds of pairs are left out, because no threshold asks for them. A candidate whose words an earlier one has in
 * the same order (a twin) is rejected with it or by what rejected that one, so it is rejected at every threshold and no
 * neighbour for others. And a pair whose score is not above the fixed score of both matters only where one of the two
 * is rejected anyway.
 * @param index an empty index of the question's word mode
 */
export function buildWhatIf(
  index: PoolIndex,
  { mode, seeds, candidates, floor }: WhatIfQuestion,
  onProgress: (done: number) => void = () => undefined,
): WhatIfGraph {
  for (const [i, seed] of seeds.entries()) index.add(`${SEED}${i}` as TaskId, seed);
  const fixed = new Float64Array(candidates.length);
  const fixedBy = new Uint32Array(candidates.length);
  const ends = new Uint32Array(candidates.length);
  const neighbours = new GrowingInts();
  const scores: number[] = [];
  const firstWith = new Map<string, number>();
  for (const [i, text] of candidates.entries()) {
    if (i % STRIDE === 0) onProgress(i);
    const words = tokenize(text, mode).join(' ');
    const twin = words === '' ? undefined : firstWith.get(words);
    if (twin !== undefined) {
      fixed[i] = 1;
      fixedBy[i] = seeds.length + twin;
    } else {
      firstWith.set(words, i);
      const earlier: { readonly at: number; readonly rougeL: number }[] = [];
      for (const { id, rougeL } of index.neighbours(text, floor)) {
        if (!id.startsWith(SEED)) {
          earlier.push({ at: Number(id), rougeL });
          continue;
        }
        const seed = Number(id.slice(SEED.length));
        // Engines return members in no order: of equal scores the first member counts.
        if (rougeL > fixed[i]! || (rougeL === fixed[i] && seed < fixedBy[i]!)) {
          fixed[i] = rougeL;
          fixedBy[i] = seed;
        }
      }
      const asked = earlier.filter(({ at, rougeL }) => rougeL > Math.max(fixed[i]!, fixed[at]!));
      for (const { at, rougeL } of asked.sort((a, b) => b.rougeL - a.rougeL || a.at - b.at)) {
        neighbours.push(at);
        scores.push(rougeL);
      }
      index.add(String(i) as TaskId, text);
    }
    ends[i] = neighbours.length;
  }
  return {
    floor,
    seeds: seeds.length,
    fixed,
    fixedBy,
    ends,
    neighbours: Uint32Array.from(neighbours.values.subarray(0, neighbours.length)),
    scores: Float64Array.from(scores),
  };
}

/** Re-filters a run by other thresholds. */
export class WhatIf {
  readonly #flags: Uint8Array;
  #passes: (score: number) => boolean = () => true;
  constructor(private readonly graph: WhatIfGraph) {
    this.#flags = new Uint8Array(graph.fixed.length);
  }

  /** @throws RangeError when the threshold is below the graph's floor. */
  refilter(threshold: number, edge: ThresholdEdge): WhatIfResult {
    const { floor, fixed, ends, neighbours, scores } = this.graph;
    if (!(threshold >= floor)) throw new RangeError(`The threshold must be at least ${floor}.`);
    const flags = this.#flags;
    const above = edge === 'above';
    this.#passes = (score) => (above ? score <= threshold : score < threshold);
    let kept = 0;
    let at = 0;
    for (let i = 0; i < flags.length; i++) {
      const end = ends[i]!;
      const highest = fixed[i]!;
      let keep = !(above ? highest > threshold : highest >= threshold);
      for (; keep && at < end; at++) {
        const score = scores[at]!;
        if (above ? score <= threshold : score < threshold) break;
        keep = flags[neighbours[at]!] === 0;
      }
      at = end;
      flags[i] = keep ? 1 : 0;
      if (keep) kept++;
    }
    return { kept, flags };
  }

  /** The nearest rejecter of the candidate at the last threshold; null when it is kept. */
  rejecter(candidate: number): Rejecter | null {
    const { seeds, fixed, fixedBy, ends, neighbours, scores } = this.graph;
    let best: Rejecter | null = null;
    const score = fixed[candidate] ?? 0;
    if (!this.#passes(score)) {
      const by = fixedBy[candidate] ?? 0;
      // A twin that is rejected itself rejects nobody: what rejected it does.
      if (by >= seeds && this.#flags[by - seeds] === 0) return this.#nearestOf(by - seeds, candidate);
      best =
        by < seeds
          ? { kind: 'seed', position: by, score }
          : { kind: 'candidate', position: by - seeds, score };
    }
    for (let at = candidate > 0 ? ends[candidate - 1]! : 0; at < ends[candidate]!; at++) {
      const to = neighbours[at]!;
      if (this.#passes(scores[at]!) || (best && best.score >= scores[at]!)) break;
      if (this.#flags[to] === 1) return { kind: 'candidate', position: to, score: scores[at]! };
    }
    return best;
  }

  /** What rejects a twin of a rejected candidate: what rejected that one, or something nearer that came in between. */
  #nearestOf(first: number, twin: number): Rejecter | null {
    const { ends, neighbours, scores } = this.graph;
    let best = this.rejecter(first);
    for (let position = first + 1; position < twin; position++) {
      if (this.#flags[position] === 0) continue;
      for (let at = ends[position - 1]!; at < ends[position]!; at++) {
        const score = scores[at]!;
        if (neighbours[at] === first && score > (best?.score ?? 0)) {
          best = { kind: 'candidate', position, score };
        }
      }
    }
    return best;
  }
}
