/** Brings the work of a hand-in back: on another laptop, or where the teacher looks at it. */
import type { HandIn } from '../core/classroom/hand-in';
import { LessonProgressStore } from '../core/lessons/lesson-progress-store';
import type { BackupRow, Progress } from '../core/ports';
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

/** Lessons go on where the hand-in left them, unless they went further here. @throws AppError as SettingStore */
export async function restoreLessons({ lessons }: HandIn, { store }: Pick<Services, 'store'>): Promise<void> {
  const known = new LessonProgressStore(store);
  for (const progress of lessons) {
    await known.change(progress.lesson, (here) =>
      here && here.changedAt >= progress.changedAt ? here : progress,
    );
  }
}

async function* pagesOf(rows: readonly BackupRow[]): AsyncGenerator<readonly BackupRow[]> {
  for (let at = 0; at < rows.length; at += PAGE) yield await Promise.resolve(rows.slice(at, at + PAGE));
}
