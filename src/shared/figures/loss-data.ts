/** The loss over the steps as a chart, and as a table that says the same. */
import type { LossPoint, TrainingRecord } from '../../core/training/training';
import { WINDOW } from '../../app/training/training-curve';
import { axisBetween, axisTo } from '../../ui/charts/axis';
import type { ChartTable, LineData, LineSeries } from '../../ui/charts/chart-data';
import { count, decimal } from '../../ui/format';
import { WORDS } from './words';

const words = WORDS.loss;
/** Points of a line: more would fall on the same pixels. */
const POINTS = 300;
/** Rows of the table. */
const ROWS = 25;

export interface LossCurves {
  readonly curve: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  /** Of the whole training. */
  readonly steps: number;
  readonly stepsPerEpoch: number | null;
}

/** @param figures null before there are any */
export const curvesOf = (
  { steps, config }: Pick<TrainingRecord, 'steps' | 'config'>,
  figures: Pick<TrainingRecord, 'curve' | 'validation'> | null,
): LossCurves => ({
  curve: figures?.curve ?? [],
  validation: figures?.validation ?? [],
  steps,
  stepsPerEpoch: steps > 0 && config.steps === undefined ? steps / config.epochs : null,
});

/** Means of stretches of equal length, each at the step in its middle. */
export function thinned(curve: readonly LossPoint[], most: number): LossPoint[] {
  const size = Math.ceil(curve.length / most);
  if (size <= 1) return [...curve];
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, i) => {
    const part = curve.slice(i * size, (i + 1) * size);
    return { step: part[part.length >> 1]?.step ?? 0, loss: meanOf(part) };
  });
}
/** The mean of each step and those before it. */
export function smoothed(curve: readonly LossPoint[], window: number): LossPoint[] {
  let sum = 0;
  return curve.map(({ step, loss }, i) => {
    sum += loss - (curve[i - window]?.loss ?? 0);
    return { step, loss: sum / Math.min(window, i + 1) };
  });
}
const meanOf = (points: readonly LossPoint[]): number =>
  points.reduce((sum, { loss }) => sum + loss, 0) / points.length;

export function lossData({ curve, validation, steps, stepsPerEpoch }: LossCurves): LineData {
  const raw = thinned(curve, POINTS);
  const smooth = thinned(smoothed(curve, WINDOW), POINTS);
  const losses = [...raw, ...validation].map(({ loss }) => loss);
  const y = axisBetween(Math.min(...losses), Math.max(...losses), 4);
  const x = axisTo(steps, 5, true);
  const series = (kind: LineSeries['kind'], label: string, points: readonly LossPoint[]): LineSeries => ({
    label,
    kind,
    points: points.map(({ step, loss }) => ({
      x: step,
      y: loss,
      label: words.point(step, label, loss),
    })),
  });
  const epochs = stepsPerEpoch === null ? 0 : Math.ceil(steps / stepsPerEpoch);
  return {
    maxX: x.max,
    maxY: y.max,
    minY: y.min,
    ticksX: x.ticks.map((tick) => ({ at: tick / x.max, label: count(tick) })),
    ticksY: y.ticks.map((tick) => ({ at: (tick - y.min) / (y.max - y.min), label: decimal(tick, 1) })),
    series: [
      series('faint', words.eachStep, raw),
      series('line', words.training(WINDOW), smooth),
      series('rings', words.heldOut, validation),
    ],
    // Only a few epochs have their borders marked: many would hide the curve.
    marks:
      stepsPerEpoch === null || epochs > 6
        ? []
        : Array.from({ length: epochs - 1 }, (_, i) => ({
            x: stepsPerEpoch * (i + 1),
            label: words.epoch(i + 2),
          })),
    axisX: words.steps,
    tall: true,
  };
}

/** Rows are stretches of steps, with the mean of each and the held-out loss at its end. */
export function lossTable({ curve, validation }: LossCurves): ChartTable {
  const size = Math.max(1, Math.ceil(curve.length / ROWS));
  const rows: string[][] = [];
  for (let at = 0; at < curve.length; at += size) {
    const part = curve.slice(at, at + size);
    const [first, last] = [part[0]?.step ?? 0, part.at(-1)?.step ?? 0];
    const held = validation.filter(({ step }) => step >= first && step <= last).at(-1);
    rows.push([
      first === last ? count(first) : `${count(first)}–${count(last)}`,
      decimal(meanOf(part), 3),
      held ? words.heldOutAt(held.loss, held.step) : '',
    ]);
  }
  // Measured before the first step.
  const before = validation.find(({ step }) => step === 0);
  if (before) rows.unshift(['0', '', decimal(before.loss, 3)]);
  return { columns: words.columns, rows };
}
