/** Figures of a class as the screen shows them and as the table that is saved. */
import type { BeforeAfter } from '../../core/classroom/hand-in';
import { qualityOf } from '../../core/review/quality';
import type { Rating } from '../../core/review/rating';
import { csvRow } from '../../io/csv-writer';
import { axisTo } from '../../ui/charts/axis';
import type { ChangeData, ChartTable } from '../../ui/charts/chart-data';
import { decimal } from '../../ui/format';
import type { Pupil } from './pupils';
import { WORDS } from './words';

export const ratingsOf = ({ handIn }: Pupil): readonly Rating[] =>
  handIn.run.rows.flatMap((entry) => (entry.kind === 'rating' ? [entry.row] : []));

/** Held-out tasks that pupils were scored on: those that most have come first. */
export function scoredSets(
  pupils: readonly Pupil[],
): readonly { print: number; name: string; pupils: number }[] {
  const sets = new Map<number, { print: number; name: string; pupils: number }>();
  for (const { handIn } of pupils) {
    for (const print of new Set(handIn.scores.map(({ set }) => set.print))) {
      const name = handIn.scores.find(({ set }) => set.print === print)?.set.name ?? '';
      const known = sets.get(print) ?? { print, name, pupils: 0 };
      sets.set(print, { ...known, pupils: known.pupils + 1 });
    }
  }
  return [...sets.values()].sort((a, b) => b.pupils - a.pupils);
}
/** A pupil's newest score on one set. */
export const scoreOn = ({ handIn }: Pupil, print: number): BeforeAfter | null =>
  handIn.scores.find(({ set }) => set.print === print) ?? null;

interface Changed {
  readonly label: string;
  readonly before: number;
  readonly after: number;
}
export const changesOn = (
  pupils: readonly Pupil[],
  print: number,
  nameOf: (pupil: Pupil) => string,
): readonly Changed[] =>
  pupils.flatMap((pupil) => {
    const score = scoreOn(pupil, print);
    return score
      ? [{ label: nameOf(pupil), before: score.before.rougeL.mean, after: score.after.rougeL.mean }]
      : [];
  });

export function changeData(changes: readonly Changed[]): ChangeData {
  const { axis, before, after, text } = WORDS.change;
  const most = Math.max(1, ...changes.flatMap((one) => [one.before, one.after]));
  return {
    ...axisTo(most, 4, false),
    axis,
    kinds: { before, after },
    rows: changes.map((one) => ({ ...one, text: text(one.before, one.after) })),
  };
}
export const changeTable = (changes: readonly Changed[]): ChartTable => ({
  columns: WORDS.change.columns,
  rows: changes.map(({ label, before, after }) => [
    label,
    decimal(before),
    decimal(after),
    decimal(after - before),
  ]),
});

/** One line a pupil; names and models are texts of others, so no cell is a formula. */
export function classTable(pupils: readonly Pupil[]): Blob {
  const lines = pupils.map((pupil) => {
    const { handIn, name, tasks, rejected, fresh } = pupil;
    const ratings = ratingsOf(pupil);
    const { valid, input, output } = qualityOf(ratings);
    const [score] = handIn.scores;
    const { run } = handIn.run;
    return csvRow([
      name,
      run.model.name,
      String(run.seedSet.count),
      String(tasks),
      String(rejected),
      String(fresh),
      String(ratings.length),
      ...[valid, input, output].map(({ yes, of }) => (of > 0 ? `${yes}/${of}` : '')),
      score?.set.name ?? '',
      score ? decimal(score.before.rougeL.mean) : '',
      score ? decimal(score.after.rougeL.mean) : '',
    ]);
  });
  return new Blob([csvRow(WORDS.csv.columns), ...lines], { type: 'text/csv' });
}
