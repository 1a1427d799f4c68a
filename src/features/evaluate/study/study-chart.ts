/** The curve of a study, and the table that says the same. */
import type { ModelFigures } from '../../../core/evaluation/figures';
import { countGrades, type GradeCounts, type GradeRow } from '../../../core/evaluation/grading';
import { STUDY_DATA, type StudyData, type StudyPoint } from '../../../core/study/study';
import { axisTo } from '../../../ui/charts/axis';
import type { ChartTable, LineData, LineSeries } from '../../../ui/charts/chart-data';
import { count, decimal } from '../../../ui/format';
import { WORDS } from './words';

const words = WORDS.chart;
const KINDS: Readonly<Record<StudyData, LineSeries['kind']>> = {
  run: 'kept',
  unfiltered: 'rings',
  answered: 'squares',
};
/** Models that the study compares its points with, and what it compares. */
export interface StudyFigures {
  readonly points: readonly StudyPoint[];
  readonly bases: readonly ModelFigures[];
  /** Blind grades by the key of the model, where there are some. */
  readonly grades: GradesByModel;
}
/** By the key of the model. */
export type GradesByModel = Readonly<Partial<Record<string, GradeCounts>>>;

export const gradesByModel = (rows: readonly GradeRow[]): GradesByModel =>
  Object.fromEntries(
    rows.map(({ modelKey }) => [modelKey, countGrades(rows.filter((row) => row.modelKey === modelKey))]),
  );

/** Percent by which points of one share stand apart, so that no interval hides another. */
const ASIDE: Readonly<Record<StudyData, number>> = { run: 0, unfiltered: 1.5, answered: 3 };

export function studyData({ points, bases }: StudyFigures): LineData {
  const known = points.flatMap(({ share, data, rougeL }) => (rougeL ? [{ share, data, rougeL }] : []));
  const levels = bases.flatMap(({ model, rougeL }) => (rougeL ? [{ name: model.name, rougeL }] : []));
  const most = Math.max(1, ...[...known, ...levels].map(({ rougeL }) => rougeL.high));
  const { max, ticks } = axisTo(most, 4, false);
  return {
    maxX: 100,
    maxY: max,
    ticksX: [...new Set(points.map(({ share }) => share))].map((share) => ({
      at: share,
      label: String(Math.round(100 * share)),
    })),
    ticksY: ticks.map((tick) => ({ at: tick / max, label: String(tick) })),
    series: [
      ...STUDY_DATA.map((data) => ({
        label: words.curve[data],
        kind: KINDS[data],
        points: known
          .filter((point) => point.data === data)
          .map(({ share, rougeL }) => ({
            x: 100 * share - ASIDE[data],
            y: rougeL.mean,
            label: words.point(WORDS.point(share, data), rougeL.mean, rougeL.low, rougeL.high),
            interval: rougeL,
          })),
      })),
      ...levels.map(({ name, rougeL: { mean } }, i) => {
        const label = words.base(name, mean);
        return {
          label,
          kind: i === 0 ? ('all' as const) : ('faint' as const),
          points: [0, 100].map((x) => ({ x, y: mean, label })),
        };
      }),
    ],
    axisX: words.axis,
    tall: true,
  };
}

export function studyTable({ points, bases, grades }: StudyFigures): ChartTable {
  const row = (
    name: string,
    examples: number | null,
    rougeL: StudyPoint['rougeL'],
    key: string | null,
  ): readonly string[] => {
    const graded = key === null ? undefined : grades[key];
    return [
      name,
      examples === null ? WORDS.none : count(examples),
      rougeL ? decimal(rougeL.mean) : WORDS.none,
      rougeL ? `${decimal(rougeL.low)} to ${decimal(rougeL.high)}` : WORDS.none,
      graded ? words.graded(graded.A, graded.A + graded.B + graded.C + graded.D) : WORDS.none,
    ];
  };
  return {
    columns: words.columns,
    rows: [
      ...bases.map(({ model, rougeL }) => row(model.name, null, rougeL, model.key)),
      ...points.map(({ share, data, examples, rougeL, modelKey }) =>
        row(WORDS.point(share, data), examples, rougeL, modelKey),
      ),
    ],
  };
}
