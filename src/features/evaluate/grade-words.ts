/** What grades are called, which keys give them, and the counts as a chart and its table. */
import { type Grade, type GradeCounts, GRADES } from '../../core/evaluation/grading';
import { PUBLISHED_MODELS } from '../../core/evaluation/published';
import type { ModelGrades } from './evaluation-grades.svelte';
import type { ChartTable, StackedData } from '../../ui/charts/chart-data';
import { count, percent } from '../../ui/format';

export const GRADE_WORDS: Readonly<Record<Grade, { readonly short: string; readonly whole: string }>> = {
  A: { short: 'Correct and satisfying', whole: 'Nothing to mend: you would accept it as it is.' },
  B: { short: 'Acceptable, minor errors', whole: 'It helps, with small mistakes or imperfections.' },
  C: { short: 'On topic, significant errors', whole: 'It takes up the instruction, but gets it wrong.' },
  D: { short: 'Irrelevant or invalid', whole: 'It does not answer, repeats itself, or is empty.' },
};
export type GradeKey = Grade | 'undo' | 'skip' | 'reference';
const KEYS: Readonly<Record<string, GradeKey>> = { u: 'undo', s: 'skip', r: 'reference' };

/** A to D and 1 to 4 grade. */
export function gradeKey(key: string | null): GradeKey | null {
  if (key === null) return null;
  const grade = GRADES.find((one, i) => one.toLowerCase() === key || String(i + 1) === key);
  return grade ?? (Object.hasOwn(KEYS, key) ? (KEYS[key] ?? null) : null);
}

export interface RaterGrades {
  readonly rater: string;
  readonly models: readonly ModelGrades[];
}
const countsOf = (counts: GradeCounts): readonly number[] => GRADES.map((grade) => counts[grade]);

export function gradeData(raters: readonly RaterGrades[]): StackedData {
  const given = raters.filter(({ models }) => models.length > 0);
  return {
    classes: GRADES,
    rows: [
      ...given.flatMap(({ rater, models }) => [
        { kind: 'heading' as const, label: `Graded by ${rater}` },
        ...models.map(({ model, counts }) => ({
          kind: 'ours' as const,
          label: model.name,
          counts: countsOf(counts),
        })),
      ]),
      { kind: 'heading', label: 'Published: the paper’s models on its 252 user tasks' },
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
    columns: ['Model', 'Graded by', ...GRADES, 'A or B'],
    rows: [
      ...raters.flatMap(({ rater, models }) =>
        models.map(({ model, counts }) => cells(model.name, rater, countsOf(counts))),
      ),
      ...PUBLISHED_MODELS.map(({ name, grades }) => cells(`${name} (published)`, 'the paper', grades)),
    ],
  };
}
