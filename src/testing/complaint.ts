/** What a person would read of a file that is refused; of another end, that. */
import { AppError } from '../core/errors';

export async function complaint(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError && error.failure.kind === 'bad-file'
    ? error.failure.detail
    : String(error);
}
