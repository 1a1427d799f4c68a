/** How the readers and writers of weights say that a file is of no use. */
import { AppError } from '../core/errors';

/** @param detail One plain sentence. */
export const badFile = (detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail }, { cause });
