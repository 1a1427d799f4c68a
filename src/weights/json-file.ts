/** JSON files that lie beside weights. */
import { badFile } from './bad-file';

/** The longest tokenizers have a few dozen megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What a JSON file holds, unchecked.
 * @param name as people know the file
 * @throws AppError bad-file when it is too long or no JSON
 */
export async function readJson(file: Blob, name: string, limit = MAX_BYTES): Promise<unknown> {
  if (file.size > limit) throw badFile(`“${name}” is longer than such a file can be.`);
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch (error) {
    throw badFile(`“${name}” is not JSON: it is damaged, cut short, or another file.`, error);
  }
}
