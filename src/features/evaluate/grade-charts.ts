/** The counts of grades as a chart and as the table behind it. */
import { type GradeCounts, GRADES } from '../../core/evaluation/grading';
import { PUBLISHED_MODELS } from '../../core/evaluation/published';
import type { ModelGrades } from './evaluation-grades.svelte';
import type { ChartTable, StackedData } from '../../ui/charts/chart-data';
import { count, percent } from '../../ui/format';
import { GRADE_WORDS } from './grade-words';
import { WORDS as SCORES } from '../../shared/scores/words';
import { WORDS } from './words';

export interface RaterGrades {
  readonly rater: string;
  readonly models: readonly ModelGrades[];
}
const words = WORDS.charts;
const countsOf = (counts: GradeCounts): readonly number[] => GRADES.map((grade) => counts[grade]);

export function gradeData(raters: readonly RaterGrades[]): StackedData {
  const given = raters.filter(({ models }) => models.length > 0);
  return {
    classes: GRADES.map((grade) => ({ label: grade, legend: GRADE_WORDS.results.legend(grade) })),
    rows: [
      ...given.flatMap(({ rater, models }) => [
        { kind: 'heading' as const, label: words.gradedByRater(rater) },
        ...models.map(({ model, counts }) => ({
          kind: 'ours' as const,
          label: model.name,
          counts: countsOf(counts),
        })),
      ]),
      { kind: 'heading', label: words.publishedGrades },
      ...PUBLISHED_MODELS.map(({ name, grades }) => ({
        kind: 'paper' as const,
        label: name,
        counts: grades,
      })),
    ],
  };
}

export function gradeTable(raters: readonly RaterGrades[]): ChartTable {
  const cells = (name: string, rater: string, counts: readonly number[]): string[] => {
    const [a = 0, b = 0] = counts;
    const all = counts.reduce((sum, one) => sum + one, 0);
    return [name, rater, ...counts.map(count), percent(a + b, all)];
  };
  return {
    columns: [SCORES.charts.model, words.gradedBy, ...GRADES, words.acceptable],
    rows: [
      ...raters.flatMap(({ rater, models }) =>
        models.map(({ model, counts }) => cells(model.name, rater, countsOf(counts))),
      ),
      ...PUBLISHED_MODELS.map(({ name, grades }) =>
        cells(SCORES.charts.publishedName(name), words.paper, grades),
      ),
    ],
  };
}
