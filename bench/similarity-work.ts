/** Whole pieces of work with the index: rounds of a run, a second set, an index that is stored, the filter under other thresholds. */
import { isDeepStrictEqual } from 'node:util';
import { tooSimilar } from '../src/core/filters/instruction-filters';
import { compareOneByOne, type Join } from '../src/core/similarity/pool-index';
import { buildWhatIf, WhatIf } from '../src/core/similarity/what-if';
import { WasmIndex } from '../src/engines/similarity/wasm-index';
import { cpuMs, filled, id, median, newWasm, THRESHOLD, TOP } from './similarity-index';

/** Candidates of one round of a run: five requests of eight instructions. */
export const ROUND = 40;

/**
 * Tokenizes, compares, decides and inserts, as a run does: one candidate at a time, and a round in one pass. They take
 * turns, round by round, and must give the same to the bit.
 */
export function endToEnd(pool: readonly string[], stream: readonly string[]) {
  const [alone, together] = [filled(newWasm(), pool), filled(newWasm(), pool)];
  const spent = { alone: 0, together: 0 };
  for (let from = 0; from < stream.length; from += ROUND) {
    const round = stream.slice(from, from + ROUND);
    const join: Join = ({ max }, i) =>
      tooSimilar(max, THRESHOLD, 'above') ? null : id(pool.length + from + i);
    const start = cpuMs();
    const one = compareOneByOne(alone, round, TOP, join);
    const between = cpuMs();
    const all = together.compareAll(round, TOP, join);
    spent.alone += between - start;
    spent.together += cpuMs() - between;
    if (!isDeepStrictEqual(one, all)) throw new Error('a round in one pass: other answers');
  }
  return {
    candidatesPerCpuSecond: (1000 * stream.length) / spent.alone,
    inRoundsPerCpuSecond: (1000 * stream.length) / spent.together,
    kept: alone.size - pool.length,
  };
}

/** The nearest member of each of as many other texts: one after the other and in passes, in turns. */
export function secondSet(pool: readonly string[], others: readonly string[]) {
  const index = filled(newWasm(), pool);
  const spent = { alone: 0, together: 0 };
  for (let from = 0; from < others.length; from += 100) {
    const texts = others.slice(from, from + 100);
    const start = cpuMs();
    const one = texts.map((text) => index.compare(text, 1));
    const between = cpuMs();
    const all = index.compareAll(texts, 1);
    spent.alone += between - start;
    spent.together += cpuMs() - between;
    if (!isDeepStrictEqual(one, all)) throw new Error('a second set in passes: other answers');
  }
  return { secondSetAloneCpuSeconds: spent.alone / 1000, secondSetCpuSeconds: spent.together / 1000 };
}

export function rehydrate(pool: readonly string[]) {
  const stored = filled(newWasm(), pool).store();
  const timed = (work: () => unknown) => {
    const start = cpuMs();
    work();
    return (cpuMs() - start) / 1000;
  };
  const rounds = [0, 1, 2];
  return {
    fromStored: median(rounds.map(() => timed(() => WasmIndex.restore(stored)))),
    fromTexts: median(rounds.map(() => timed(() => filled(newWasm(), pool)))),
    storedBytes: stored.members.length + stored.words.length,
  };
}

export function whatIf(candidates: readonly string[], seeds: readonly string[]) {
  const start = cpuMs();
  const graph = buildWhatIf(newWasm(), { mode: 'ascii', seeds, candidates, floor: 0.3 });
  const build = (cpuMs() - start) / 1000;
  const screen = new WhatIf(graph);
  const thresholds = Array.from({ length: 71 }, (_, i) => 0.3 + i / 100);
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    for (const threshold of thresholds) {
      const before = performance.now();
      screen.refilter(threshold, 'above');
      times.push(performance.now() - before);
    }
  }
  for (const threshold of [0.3, 0.5, 0.7, 0.9]) {
    const index = filled(newWasm(), seeds);
    const { flags } = screen.refilter(threshold, 'above');
    for (const [i, text] of candidates.entries()) {
      const keep = !index.reaches(text, threshold, 'above');
      if (keep !== (flags[i] === 1)) throw new Error(`what-if at ${threshold}: candidate ${i} differs`);
      if (keep) index.add(id(i), text);
    }
  }
  times.sort((a, b) => a - b);
  return {
    candidates: candidates.length,
    pairs: graph.scores.length,
    buildCpuSeconds: build,
    refilterMsMedian: median(times),
    refilterMs99: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}
