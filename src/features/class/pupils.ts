/** The pupils of a class with what is counted of each. */
import type { ClassFindings, ClassTask, PupilWork } from '../../core/classroom/class-pool';
import { type ClassPrediction, classPredictions, progressOf } from '../../core/classroom/class-predictions';
import { LESSON_IDS } from '../../core/lessons/lesson';
import { LESSONS } from '../../core/lessons/lesson-files';
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
/** A lesson with what the class predicted in it. */
export interface LessonPredictions {
  readonly title: string;
  /** Who began it. */
  readonly pupils: number;
  readonly predictions: readonly ClassPrediction[];
}
export interface ClassResults {
  /** Those who found most that is new come first. */
  readonly pupils: readonly Pupil[];
  readonly tasks: readonly ClassTask[];
  readonly findings: ClassFindings;
  readonly ratings: ClassRatings;
  /** Of the lessons that somebody began. */
  readonly lessons: readonly LessonPredictions[];
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

export async function lessonsOf(works: readonly PupilWork[]): Promise<readonly LessonPredictions[]> {
  const found: LessonPredictions[] = [];
  for (const id of LESSON_IDS) {
    const pupils = progressOf(id, works).length;
    if (pupils === 0) continue;
    const lesson = await LESSONS[id]();
    found.push({ title: lesson.title, pupils, predictions: classPredictions(lesson, works) });
  }
  return found;
}
