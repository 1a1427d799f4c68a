import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lossData, lossTable, smoothed, thinned } from './loss-data';

const curveOf = (losses: readonly number[]) => losses.map((loss, i) => ({ step: i + 1, loss }));
const losses = fc.array(fc.double({ min: 0.01, max: 12, noNaN: true }), { minLength: 1, maxLength: 400 });

describe('curves', () => {
  it('thinned have at most so many points, in order, with the same mean in each stretch', () => {
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 50 }), (values, most) => {
        const curve = curveOf(values);
        const thin = thinned(curve, most);
        expect(thin.length).toBeLessThanOrEqual(most);
        expect(thin.every(({ step }, i) => i === 0 || step > (thin[i - 1]?.step ?? 0))).toBe(true);
        const size = Math.ceil(curve.length / most);
        const first = values.slice(0, size);
        expect(thin[0]?.loss).toBeCloseTo(first.reduce((a, b) => a + b, 0) / first.length, 9);
      }),
      { numRuns: 50 },
    );
  });
  it('smoothed are the mean of the last steps', () => {
    fc.assert(
      fc.property(losses, (values) => {
        const smooth = smoothed(curveOf(values), 10);
        const at = values.length - 1;
        const window = values.slice(Math.max(0, at - 9), at + 1);
        expect(smooth.at(-1)?.loss).toBeCloseTo(window.reduce((a, b) => a + b, 0) / window.length, 9);
        expect(smooth).toHaveLength(values.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the chart', () => {
  const curves = {
    curve: curveOf([3.6, 3.1, 2.7, 2.5]),
    validation: [
      { step: 0, loss: 3.9 },
      { step: 4, loss: 2.8 },
    ],
    steps: 8,
    stepsPerEpoch: 4,
  };
  it('has an axis around the losses, not from 0, and a mark where an epoch begins', () => {
    const data = lossData(curves);
    expect([data.minY, data.maxY]).toEqual([2.5, 4]);
    expect(data.maxX).toBe(8);
    expect(data.ticksY.every(({ at }) => at >= 0 && at <= 1)).toBe(true);
    expect(data.marks).toEqual([{ x: 4, label: 'epoch 2' }]);
    expect(data.series.map(({ kind, points }) => [kind, points.length])).toEqual([
      ['faint', 4],
      ['line', 4],
      ['rings', 2],
    ]);
  });
  it('of one loss alone still has a height', () => {
    const data = lossData({ curve: curveOf([2]), validation: [], steps: 1, stepsPerEpoch: 1 });
    expect(data.maxY).toBeGreaterThan(data.minY ?? 0);
  });
  it('has a table that says the same', () => {
    expect(lossTable(curves).rows).toEqual([
      ['0', '', '3.900'],
      ['1', '3.600', ''],
      ['2', '3.100', ''],
      ['3', '2.700', ''],
      ['4', '2.500', '2.800 (step 4)'],
    ]);
    const long = lossTable({
      ...curves,
      curve: curveOf(Array.from({ length: 1000 }, () => 1)),
      validation: [],
    });
    expect(long.rows.length).toBeLessThanOrEqual(25);
    expect(long.rows.at(-1)?.[0]).toMatch(/–1,000$/u);
  });
});
