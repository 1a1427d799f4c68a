import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { funnel } from '../../core/analysis/funnel';
import { lengthHistogram, scoreHistogram } from '../../core/analysis/histogram';
import { KeptPerRequest } from '../../core/analysis/kept-per-request';
import { pairFigures } from '../../core/analysis/pairs';
import { runId } from '../../core/ids';
import { initialProgress } from '../../core/pipeline/progress';
import { sunburstParts } from '../../ui/charts/sunburst';
import { funnelData, funnelTable } from './funnel-data';
import {
  histogramTable,
  keptData,
  keptTable,
  lengthData,
  pairRows,
  partName,
  queryOf,
  scoreData,
  sunburstInput,
} from './figure-data';

const number = (text = ''): number => Number(text.replaceAll(',', '').replace('−', ''));
const column = (rows: readonly (readonly string[])[], at: number): number[] =>
  rows.map((row) => number(row[at]));

describe('a table says what its chart shows', () => {
  it('of lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400)), (values) => {
        const data = lengthData(lengthHistogram(values, 20), 15.9);
        const { rows } = histogramTable(data, 'words', 'instructions');
        expect(rows.map(([label]) => label)).toEqual(data.bars.map(({ label }) => label));
        expect(new Set(data.bars.map(({ label }) => label)).size).toBe(data.bars.length);
        expect(column(rows, 1)).toEqual(data.bars.map(({ counts }) => counts[0]));
        for (const { at } of [...data.ticks, ...data.marks.filter(({ kind }) => kind === 'paper')]) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('of scores', () => {
    const data = scoreData(scoreHistogram([0.1, 0.1, 0.7, 1]), 0.7, 'to any seed');
    const { rows } = histogramTable(data, 'ROUGE-L', 'machine instructions');
    expect(rows[2]).toEqual(['0.10–0.15', '2', '50%']);
    expect(rows[14]).toEqual(['0.70–0.75', '1', '25%']);
    expect(rows[19]).toEqual(['0.95–1.00', '1', '25%']);
    expect(column(rows, 1)).toEqual(data.bars.map(({ counts }) => counts[0]));
  });

  it('of kept instructions per request', () => {
    const curve = new KeptPerRequest();
    for (let i = 0; i < 300; i++) curve.add({ id: `${i}`, requestIndex: i % 97, kept: i % 3 === 0 });
    const points = curve.points();
    const data = keptData(points);
    const { rows } = keptTable(points);
    const kept = data.series.find(({ kind }) => kind === 'kept')?.points ?? [];
    const all = data.series.find(({ kind }) => kind === 'all')?.points ?? [];
    expect(rows).toHaveLength(kept.length);
    for (const [i, [, candidates, keptHere, mean]] of rows.entries()) {
      const size = points[i]?.requests ?? 0;
      expect(number(mean)).toBeCloseTo(kept[i]?.y ?? NaN, 2);
      expect(number(keptHere)).toBeCloseTo((kept[i]?.y ?? NaN) * size, 9);
      expect(number(candidates)).toBeCloseTo((all[i]?.y ?? NaN) * size, 9);
    }
    for (const { x, y } of [...kept, ...all]) {
      expect(x).toBeLessThanOrEqual(data.maxX);
      expect(y).toBeLessThanOrEqual(data.maxY);
    }
  });

  it('of the funnel', () => {
    const steps = funnel({
      ...initialProgress(runId(1)),
      kept: 1_000,
      completed: 900,
      rejected: { 'too-similar': 400, unfinished: 20 },
    });
    const bars = funnelData(steps).rows;
    const { rows } = funnelTable(steps);
    expect(rows.map(([label]) => label)).toEqual(bars.map(({ label }) => label));
    expect(column(rows, 1)).toEqual(bars.map(({ rejected }) => rejected));
    expect(column(rows, 2)).toEqual(bars.map(({ passed }) => passed));
    expect(rows.at(-2)).toEqual(['Accepted', '', '1,000', '70%']);
  });

  it('of the sunburst, and each part asks for what its name says', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const pair = fc.record({ verb: word, noun: word });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 200 }), fc.array(pair), (machine, seeds) => {
        const figures = pairFigures(machine, seeds);
        const parts = sunburstParts(sunburstInput(figures));
        const outer = parts.filter(({ ring }) => ring === 'outer');
        const rows = pairRows(figures);
        expect(
          column(
            rows.map(({ cells }) => cells),
            1,
          ),
        ).toEqual(outer.map(({ count }) => count));
        expect(rows.map(({ cells }) => cells[0])).toEqual(outer.map((part) => partName(figures.verbs, part)));
        for (const [i, part] of outer.entries()) {
          const verb = figures.verbs[part.group];
          if (!verb) throw new Error('a part without a verb');
          expect(queryOf(verb, part.index)).toEqual(rows[i]?.query);
          expect(rows[i]?.cells[2] === 'yes').toBe(part.kind === 'marked');
          expect(part.from).toBeLessThan(part.to);
        }
        const inner = parts.filter(({ ring }) => ring === 'inner');
        for (const part of inner) {
          const around = outer.filter(({ group }) => group === part.group);
          expect(around.reduce((sum, { count }) => sum + count, 0)).toBe(part.count);
        }
      }),
    );
  });
});
