/** JSON files beside weights. */
import { badFile } from './bad-file';
import { WORDS } from './words';

/** The longest tokenizers have a few dozen megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Parses a JSON file, without checking its content.
 * @param name of the file, for messages
 * @throws AppError bad-file when it is too long or not JSON
 */
export async function readJson(file: Blob, name: string, limit = MAX_BYTES): Promise<unknown> {
  if (file.size > limit) throw badFile(WORDS.json.tooLong(name));
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch (error) {
    throw badFile(WORDS.json.notJson(name), error);
  }
}
