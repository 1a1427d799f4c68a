/** Reading files that a user chose. */
import { AppError } from '../core/errors';
import { WORDS } from './words';

/** @throws AppError bad-file when the file was moved, changed or unplugged since it was chosen */
export async function fileBytes(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new AppError({ kind: 'bad-file', detail: WORDS.gone }, { cause: error });
  }
}
