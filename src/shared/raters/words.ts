/**
 * What raters read, in reviews and evaluations alike. In texts for `Sentence`, `[Y]` is a key and `{name}` a value.
 */
import type { MergeReport } from '../../core/review/newer-wins';
import { count, counted, decimal, duration } from '../../ui/format';

/** What a merge tells, besides its rows. */
export interface MergeFacts extends Omit<MergeReport<unknown>, 'rows'> {
  /** Lines that could not be read. */
  readonly bad: number;
  readonly otherText?: number;
  /** Ratings that the file's header announces but that are not in it. */
  readonly missing?: number;
}

export const WORDS = {
  form: {
    title: 'Who rates?',
    label: 'Your name or initials',
    help: 'Ratings are stored by rater, so a second person can rate the same without seeing yours. The name stays on this device, and in the ratings file that you hand over.',
    begin: 'Begin to rate',
    continueAs: 'Continue as {rater}',
  },
  names: { you: ' (you)' },
  other: { label: 'You and' },
  progress: {
    /** @param verb what is done with each: `rated` */
    done: (done: number, total: number, verb: string): string => `${count(done)} of ${count(total)} ${verb}`,
    /** @param pace milliseconds for one */
    left: (left: number, pace: number): string =>
      `, ${decimal(60_000 / Math.max(1, pace))} a minute, ≈ ${duration((left * pace) / 1000)} left`,
  },
  raters: {
    title: 'Raters',
    drop: "Drop a second rater's file here",
    merged: 'Merged the file of {raters}:',
    line: (line: number, reason: string): string => `Line ${count(line)}: ${reason}`,
    undo: 'Undo the merge',
    /** @param nowhere what an unknown row is about: `tasks that are not in this pool` */
    facts: (
      { added, updated, kept, unknown, otherText = 0, bad, missing = 0 }: MergeFacts,
      nowhere: string,
    ): string =>
      [
        `${count(added)} new`,
        updated > 0 ? `${count(updated)} newer than the ones here` : '',
        kept > 0 ? `${count(kept)} here already` : '',
        unknown > 0 ? `${count(unknown)} of ${nowhere}` : '',
        otherText > 0 ? `${count(otherText)} about another text of the task` : '',
        bad > 0 ? `${counted(bad, 'line')} not readable` : '',
        missing > 0 ? `${count(missing)} missing: the file is cut short` : '',
      ]
        .filter(Boolean)
        .join(', '),
  },
  agreement: {
    pairs: 'Both',
    same: 'Same',
    paper: 'Paper',
    none: '–',
    nothing: 'nothing to compare',
    undefined: 'not defined: both always gave the same answer',
  },
} as const;
