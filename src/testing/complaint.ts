/** What a person would read of a file or folder that is refused; of another end, that. */
import { AppError } from '../core/errors';

export async function complaint(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) return String(error);
  const { failure } = error;
  const told = failure.kind === 'bad-file' || failure.kind === 'folder-not-written';
  return told ? failure.detail : String(error);
}
