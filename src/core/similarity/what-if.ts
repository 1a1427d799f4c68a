/**
 * What another threshold would have kept. The candidates of a run are compared once with the seeds and with each
 * other; from then on any threshold is decided by walking short sorted lists, in the order of the run.
 */
import type { TaskId } from '../task';
import type { PoolIndex, ThresholdEdge } from './pool-index';

/** Pairs of candidates that any threshold from `floor` upwards may ask about. Flat arrays: they cross to the page. */
export interface WhatIfGraph {
  readonly floor: number;
  /** By candidate: its highest score to a seed, 0 when below the floor. */
  readonly toSeeds: Float64Array<ArrayBuffer>;
  /** By candidate: where its earlier neighbours end in the two lists below; they begin where the last one's end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Earlier candidates by position in the run, the most similar first, and their scores. */
  readonly neighbours: Uint32Array<ArrayBuffer>;
  readonly scores: Float64Array<ArrayBuffer>;
}

export interface WhatIfResult {
  readonly kept: number;
  /** By candidate: 1 when it is kept. Valid until the next question. */
  readonly flags: Uint8Array;
}

const SEED = 'seed' as TaskId;

/**
 * @param index an empty index of the run's word mode
 * @param candidates in the order of the run: all that came as far as the similarity filter
 * @param floor lowest threshold that will be asked, above 0
 */
export function buildWhatIf(
  index: PoolIndex,
  seeds: readonly string[],
  candidates: readonly string[],
  floor: number,
): WhatIfGraph {
  for (const seed of seeds) index.add(SEED, seed);
  const toSeeds = new Float64Array(candidates.length);
  const ends = new Uint32Array(candidates.length);
  const pairs: { readonly id: TaskId; readonly rougeL: number }[] = [];
  for (const [i, text] of candidates.entries()) {
    const earlier = [];
    for (const neighbour of index.neighbours(text, floor)) {
      if (neighbour.id === SEED) toSeeds[i] = Math.max(toSeeds[i] ?? 0, neighbour.rougeL);
      else earlier.push(neighbour);
    }
    earlier.sort((a, b) => b.rougeL - a.rougeL);
    for (const neighbour of earlier) pairs.push(neighbour);
    ends[i] = pairs.length;
    index.add(String(i) as TaskId, text);
  }
  return {
    floor,
    toSeeds,
    ends,
    neighbours: Uint32Array.from(pairs, ({ id }) => Number(id)),
    scores: Float64Array.from(pairs, ({ rougeL }) => rougeL),
  };
}

/** Re-filters a run; one object answers for one screen. */
export class WhatIf {
  readonly #flags: Uint8Array;
  constructor(private readonly graph: WhatIfGraph) {
    this.#flags = new Uint8Array(graph.toSeeds.length);
  }

  /** @throws RangeError when the threshold is below the graph's floor. */
  refilter(threshold: number, edge: ThresholdEdge): WhatIfResult {
    const { floor, toSeeds, ends, neighbours, scores } = this.graph;
    if (!(threshold >= floor)) throw new RangeError(`The threshold must be at least ${floor}.`);
    const flags = this.#flags;
    const above = edge === 'above';
    let kept = 0;
    let at = 0;
    for (let i = 0; i < flags.length; i++) {
      const end = ends[i]!;
      const nearestSeed = toSeeds[i]!;
      let keep = !(above ? nearestSeed > threshold : nearestSeed >= threshold);
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
}
