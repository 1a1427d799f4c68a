/** Brings the work of a hand-in back: on another laptop, or where the teacher looks at it. */
import type { HandIn } from '../core/classroom/hand-in';
import type { LessonId } from '../core/lessons/lesson';
import type { LessonProgress } from '../core/lessons/lesson-progress';
import { LessonProgressStore } from '../core/lessons/lesson-progress-store';
import type { BackupRow, Progress, SettingStore } from '../core/ports';
import type { RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { Services } from './services';
import { WORDS } from './words';

const PAGE = 250;

/**
 * Stores the run of a hand-in as a run of its own.
 * @throws AppError as RunStore; AbortError
 */
export function restoreRun(
  { run }: HandIn,
  { store }: Pick<Services, 'store'>,
  signal: StopSignal,
  report: (progress: Progress) => void,
): Promise<RunRecord> {
  const label = WORDS.handIn.restoring(run.run.number);
  const total = run.rows.length;
  return store.importRun(run, pagesOf(run.rows), signal, (done) =>
    report({ label, unit: 'rows', done, total }),
  );
}

/**
 * Lessons go on where the hand-in left them. Answers of another beginning that are here stay: they may be another pupil's.
 * @returns how many lessons stayed as they are here. @throws AppError as SettingStore
 */
export async function restoreLessons(
  { lessons }: HandIn,
  { store }: { readonly store: SettingStore },
): Promise<number> {
  const known = new LessonProgressStore(store);
  const stayed = new Set<LessonId>();
  for (const progress of lessons) {
    await known.change(progress.lesson, (here) => {
      if (!here || !hasAnswers(here)) return progress;
      if (here.begunAt === progress.begunAt) return here.changedAt < progress.changedAt ? progress : here;
      if (hasAnswers(progress)) stayed.add(progress.lesson);
      return here;
    });
  }
  return stayed.size;
}
const hasAnswers = ({ answers }: LessonProgress): boolean => Object.keys(answers).length > 0;

async function* pagesOf(rows: readonly BackupRow[]): AsyncGenerator<readonly BackupRow[]> {
  for (let at = 0; at < rows.length; at += PAGE) yield await Promise.resolve(rows.slice(at, at + PAGE));
}
