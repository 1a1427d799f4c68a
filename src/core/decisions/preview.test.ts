import { describe, expect, it } from 'vitest';
import { PRESETS, undisturbed, type World } from '../../testing/pipeline-world';
import { ScriptedModel } from '../../testing/scripted-model';
import { poolSeeds, tinyConfig } from '../../testing/tiny-pool';
import { FastIndex } from '../similarity/fast-index';
import { buildWhatIf, WhatIf } from '../similarity/what-if';
import {
  BINS,
  binOf,
  countsAt,
  type DecisionRow,
  decisionRows,
  Previewer,
  tallyOf,
  verdictAt,
} from './preview';

function screenOf(world: World) {
  const rows = decisionRows(world.store.sorted(world.store.candidates));
  const previewer = new Previewer(rows);
  const { rougeThreshold, switches } = world.run.config;
  const graph = buildWhatIf(new FastIndex('ascii'), {
    mode: 'ascii',
    seeds: poolSeeds(world.run.id).map(({ instruction }) => instruction),
    candidates: previewer.decided.map(({ text }) => text),
    floor: 0.3,
  });
  const whatIf = new WhatIf(graph);
  const at = (threshold: number) =>
    previewer.at(threshold, whatIf.refilter(threshold, switches.similarityEdge).flags);
  return { rows, previewer, at, stored: previewer.stored(rougeThreshold), rougeThreshold };
}
const ids = (rows: readonly DecisionRow[]): string[] => rows.map(({ id }) => id);

describe('a run filtered again', () => {
  it.each(PRESETS)('at its own threshold gives the stored verdicts (%s)', async (preset) => {
    for (const [seed, threshold] of [
      [1, 0.7],
      [2, 0.8],
      [3, 0.75],
    ] as const) {
      const world = await undisturbed({ ...tinyConfig(25, preset, seed), rougeThreshold: threshold });
      const { rows, at, stored } = screenOf(world);
      const again = at(threshold);
      expect(again).toEqual(stored);
      expect(again.kept).toBe(world.progress.kept);
      for (const row of rows) expect(verdictAt(row, again)).toBe(row.verdict);
    }
  });

  it('that was opened for more gives the stored verdicts too', async () => {
    const world = await undisturbed(tinyConfig(5));
    world.store.progress.set(world.run.id, { ...world.progress, finished: false });
    Object.assign(world.run, { config: tinyConfig(20) });
    await world.work(new ScriptedModel());
    const { at, stored, rougeThreshold } = screenOf(world);
    expect(world.progress.rejected.surplus).toBeGreaterThan(0);
    expect(at(rougeThreshold)).toEqual(stored);
  });

  it('lists exactly those that change, and counts every candidate once', async () => {
    const { rows, previewer, at } = screenOf(await undisturbed(tinyConfig(25)));
    for (const threshold of [0.3, 0.5, 0.62, 0.7, 0.85, 1]) {
      const preview = at(threshold);
      const changed = rows.filter((row) => verdictAt(row, preview) !== row.verdict);
      expect(ids(changed.filter(({ verdict }) => verdict === 'kept'))).toEqual(ids(preview.newlyRejected));
      expect(ids(changed.filter(({ verdict }) => verdict !== 'kept'))).toEqual(ids(preview.newlyKept));
      const sums = preview.bins.reduce((all, bin) => ({
        kept: all.kept + bin.kept,
        newlyKept: all.newlyKept + bin.newlyKept,
        newlyRejected: all.newlyRejected + bin.newlyRejected,
        rejected: all.rejected + bin.rejected,
      }));
      expect(sums.kept + sums.newlyKept).toBe(preview.kept);
      expect(sums.newlyKept + sums.newlyRejected).toBe(changed.length);
      expect(Object.values(sums).reduce((a, b) => a + b)).toBe(previewer.decided.length);
    }
  });

  it('gives the counters of the run, and at its own threshold the stored ones', async () => {
    const world = await undisturbed(tinyConfig(25));
    const { rows, at, stored } = screenOf(world);
    const own = countsAt(tallyOf(rows), stored);
    expect(own.kept).toBe(world.progress.kept);
    expect(own.rejected).toMatchObject(world.progress.rejected);
    const preview = at(0.6);
    const { kept, rejected } = countsAt(tallyOf(rows), preview);
    expect(kept).toBe(preview.kept);
    expect(Object.values(rejected).reduce((sum, count) => sum + count, kept)).toBe(rows.length);
  });
});

it('scores fall into ranges whose lower edge belongs to them', () => {
  for (let i = 0; i < BINS; i++) expect(binOf(i / BINS)).toBe(i);
  expect(binOf(0.7)).toBe(35);
  expect(binOf(1)).toBe(BINS - 1);
});
