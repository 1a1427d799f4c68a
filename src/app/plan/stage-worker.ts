/** How a plan has the work of one kind done: by the session whose screen shows it. */
import { AppError, type Failure } from '../../core/errors';
import type { PlanPlace, PlanRecord, StageKind, WorkOf } from '../../core/plan/plan';
import type { StageProgress } from '../../core/plan/plan-progress';
import type { Progress } from '../../core/ports';

export interface StageTask<K extends StageKind> {
  readonly work: WorkOf<K>;
  /** The record that it made already; null at first. */
  readonly made: string | null;
  /** Goes with the record when it is made. */
  readonly place: PlanPlace;
  /** Its earlier stages are finished. */
  readonly plan: PlanRecord;
}
export interface StageWorker<K extends StageKind> {
  /** Whether its session works, for the plan or for someone else. */
  readonly active: boolean;
  /** Id of the record that its session holds, and how far that is. */
  readonly shown: string | null;
  readonly progress: StageProgress | null;
  /** What is read or fetched before it works, if anything. */
  readonly loading: Progress | null;
  /**
   * Makes the record of the stage, or resumes it, until it is finished.
   * @throws AppError that stopped it; AbortError when it was stopped here or on the session's own screen
   */
  work(task: StageTask<K>, signal: AbortSignal): Promise<void>;
  /** Has the session hold a stored record, unless it works. @throws AppError storage-unavailable */
  show(made: string): Promise<void>;
}
export type StageWorkers = { readonly [K in StageKind]: StageWorker<K> };

/** A session as far as a plan sees it. */
interface Session {
  readonly status: string;
  readonly active: boolean;
  readonly failure: Failure | null;
  pause(): Promise<void>;
}

/**
 * Has a session work, alone: what it does for someone else is waited for. Stopping pauses it.
 * @param why it did not finish; nothing when it was only stopped
 * @throws as `StageWorker.work`
 */
export async function workedBy(
  session: Session,
  work: () => Promise<void>,
  signal: AbortSignal,
  why: () => Failure | null | undefined = () => session.failure,
): Promise<void> {
  await idle(session, signal);
  const stop = (): void => void session.pause();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await work();
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (session.status === 'finished') return;
  const failure = why();
  if (failure) throw new AppError(failure);
  // As whatever is stopped throws.
  AbortSignal.abort().throwIfAborted();
}

/** How often it is looked whether a session is free. */
const LOOK_MS = 250;
async function idle(session: Session, signal: AbortSignal): Promise<void> {
  while (session.active) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal.throwIfAborted();
  }
  signal.throwIfAborted();
}
