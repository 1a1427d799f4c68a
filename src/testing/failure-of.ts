/** What a piece of work fails with. */
import { AppError, type Failure } from '../core/errors';

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error.failure;
  throw new Error(`not an AppError: ${String(error)}`);
}
