/** Results that cross a worker border as plain data: comlink would flatten our errors to strings. */
import { AppError, type Failure, failureOf } from '../core/errors';

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure | 'aborted' };

/** Worker side: runs `work` and turns what it throws into data. */
export async function toOutcome<T>(worker: string, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return { ok: false, failure: 'aborted' };
    return { ok: false, failure: failureOf(error, (detail) => ({ kind: 'worker-crashed', worker, detail })) };
  }
}

/** Page side: the value, or the error as it was thrown. @throws AppError, AbortError */
export function fromOutcome<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  if (outcome.failure === 'aborted') throw new DOMException('Stopped', 'AbortError');
  throw new AppError(outcome.failure);
}
