import { describe, expect, it } from 'vitest';
import { machineTask, poolSeeds, tinyRun, tinyConfig } from '../../testing/tiny-pool';
import { Random } from '../random';
import { sampleExemplars } from './sample';

const run = tinyRun(tinyConfig(1)).id;
const seeds = poolSeeds(run);
const machines = Array.from({ length: 5 }, (_, i) => machineTask(run, i));
const config = { exemplars: 8, machineExemplars: 2 };
const draw = (seed: number, machineCount: number, classificationOnly = false, settings = config) =>
  sampleExemplars(
    { seeds, machines: machines.slice(0, machineCount) },
    settings,
    classificationOnly,
    new Random(seed),
  );

describe('exemplars', () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [5, 2],
  ])('with %i machine instructions are %i of them and seeds', (there, shown) => {
    for (let seed = 0; seed < 50; seed++) {
      const drawn = draw(seed, there);
      expect(drawn.filter(({ origin }) => origin === 'machine')).toHaveLength(shown);
      expect(drawn.filter(({ origin }) => origin === 'seed')).toHaveLength(8 - shown);
      expect(new Set(drawn.map(({ id }) => id)).size).toBe(8);
    }
  });
  it('stand in any order, and each is drawn as often as the others', () => {
    const places = new Set<number>();
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const drawn = draw(seed, 5);
      drawn.forEach(({ id, origin }, place) => {
        if (origin === 'machine') places.add(place);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      });
    }
    expect(places.size).toBe(8);
    for (const { id } of seeds) expect(counts.get(id)).toBeGreaterThan(1050); // 2000 * 6 / 10 = 1200
    for (const { id } of machines) expect(counts.get(id)).toBeGreaterThan(680); // 2000 * 2 / 5 = 800
  });
  it('for classification tasks are classification seeds alone', () => {
    const drawn = draw(3, 5, true);
    const classification = seeds.filter((seed) => seed.isClassification).map(({ id }) => id);
    expect(drawn.map(({ id }) => id).sort()).toEqual(classification);
  });
  it('are fewer when there are fewer, and nothing but id, origin and text', () => {
    expect(
      sampleExemplars({ seeds: seeds.slice(0, 3), machines: [] }, config, false, new Random(1)),
    ).toHaveLength(3);
    expect(Object.keys(draw(1, 5)[0] ?? {}).sort()).toEqual(['id', 'instruction', 'origin']);
    expect(draw(1, 5, false, { exemplars: 1, machineExemplars: 2 })).toHaveLength(1);
  });
});
