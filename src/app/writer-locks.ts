/** One tab at a time writes a run, a finetuning or an evaluation; other tabs may read it. */
import { AppError, type Failure } from '../core/errors';

type WriterKind = 'run' | 'training' | 'evaluation';

export interface WriterLocks {
  /** The exclusive right to write one record and its rows; null when another tab has it. */
  acquire(kind: WriterKind, id: string): Promise<{ release(): void } | null>;
}

const OPEN_ELSEWHERE: Readonly<Record<WriterKind, (id: string) => Failure>> = {
  run: (runId) => ({ kind: 'run-open-elsewhere', runId }),
  training: (trainingId) => ({ kind: 'training-open-elsewhere', trainingId }),
  evaluation: (evaluationId) => ({ kind: 'evaluation-open-elsewhere', evaluationId }),
};

/**
 * Works while this tab is the only writer.
 * @throws AppError run-, training- or evaluation-open-elsewhere; what the work throws
 */
export async function asWriter<T>(
  locks: WriterLocks,
  kind: WriterKind,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await locks.acquire(kind, id);
  if (!lock) throw new AppError(OPEN_ELSEWHERE[kind](id));
  try {
    return await work();
  } finally {
    lock.release();
  }
}
