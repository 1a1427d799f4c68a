/** The pupils of a class with what is counted of each. */
import type { ClassFindings, ClassTask, PupilWork } from '../../core/classroom/class-pool';
import type { ClassRatings } from '../../core/classroom/class-ratings';
import type { TokenMode } from '../../core/similarity/tokenize';
import { WORDS } from './words';

/** One pupil or group on the page. */
export interface Pupil extends PupilWork {
  /** The name, with a number where two have the same. */
  readonly name: string;
  /** Machine tasks. */
  readonly tasks: number;
  readonly rejected: number;
  /** New to the class. */
  readonly fresh: number;
}
export interface ClassResults {
  /** Those who found most that is new come first. */
  readonly pupils: readonly Pupil[];
  readonly tasks: readonly ClassTask[];
  readonly findings: ClassFindings;
  readonly ratings: ClassRatings;
  /** How words were compared. */
  readonly mode: TokenMode;
}

export function pupilsOf(works: readonly PupilWork[], { fresh }: ClassFindings): readonly Pupil[] {
  const times = new Map<string, number>();
  return works
    .map(({ id, handIn }): Pupil => {
      const { name, run } = handIn;
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      return {
        id,
        handIn,
        name: time === 1 ? name : WORDS.pupils.again(name, time),
        tasks: run.progress.kept,
        rejected: Object.values(run.progress.rejected).reduce((sum, count) => sum + count, 0),
        fresh: fresh.get(id) ?? 0,
      };
    })
    .sort((a, b) => b.fresh - a.fresh);
}
