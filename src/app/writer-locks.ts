/** One tab at a time writes a run, a finetuning, an evaluation or a plan, or imports a run; other tabs may read it. */
import { AppError, type Failure } from '../core/errors';

type WriterKind = 'run' | 'training' | 'evaluation' | 'plan' | 'import' | 'playback';

export interface WriterLock {
  release(): void;
  /** Aborted when another tab took the record over. */
  readonly lost: AbortSignal;
}
/** Who has the right to write a record; `unknown` where the browser cannot tell. */
export type LockHolder = 'here' | 'elsewhere' | 'nobody' | 'unknown';

export interface WriterLocks {
  /**
   * The exclusive right to write one record and its rows; null when another tab has it.
   * @param steal takes it from the tab that has it
   */
  acquire(kind: WriterKind, id: string, steal?: boolean): Promise<WriterLock | null>;
  holder(kind: WriterKind, id: string): Promise<LockHolder>;
}

/** What one tab at a time writes. */
type RecordKind = Exclude<WriterKind, 'import' | 'playback'>;

const OPEN_ELSEWHERE: Readonly<Record<RecordKind, (id: string) => Failure>> = {
  run: (runId) => ({ kind: 'run-open-elsewhere', runId }),
  training: (trainingId) => ({ kind: 'training-open-elsewhere', trainingId }),
  evaluation: (evaluationId) => ({ kind: 'evaluation-open-elsewhere', evaluationId }),
  plan: (planId) => ({ kind: 'plan-open-elsewhere', planId }),
};

/**
 * Works while this tab is the only writer.
 * @param work gets a signal that is aborted when another tab takes the record over
 * @param steal takes the record over from the tab that writes it
 * @throws AppError run-, training-, evaluation- or plan-open-elsewhere, before anything is done; run-taken-over; what the work throws
 */
export async function asWriter<T>(
  locks: WriterLocks,
  kind: RecordKind,
  id: string,
  work: (lost: AbortSignal) => Promise<T>,
  steal = false,
): Promise<T> {
  const lock = await locks.acquire(kind, id, steal);
  if (!lock) throw new AppError(OPEN_ELSEWHERE[kind](id));
  try {
    return await work(lock.lost);
  } catch (error) {
    // What stopped the work is told, and not how it ended.
    if (kind === 'run' && lock.lost.aborted) {
      throw new AppError({ kind: 'run-taken-over', runId: id }, { cause: error });
    }
    throw error;
  } finally {
    lock.release();
  }
}
