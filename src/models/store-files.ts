/** Files that are all here already become a model: staged, written one by one, published or discarded. */
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { ModelStaging, PromisedFile } from './model-store';

/** One file of a model, with the checksums that it must have, where they are known. */
export interface ModelFile extends Pick<PromisedFile, 'md5' | 'sha256'> {
  /** In the store. */
  readonly name: string;
  readonly content: Blob;
}

/**
 * Stores the files of one model. Nothing half done stays.
 * @param staging ends with this, published or discarded
 * @param describe the model's record, from its files as they were written
 * @param onProgress bytes of all files; the label is the name of the file
 * @throws AppError bad-file when a checksum differs, storage-full, storage-unavailable; AbortError
 */
export async function storeFiles(
  staging: ModelStaging,
  files: readonly ModelFile[],
  describe: (written: readonly StoredFile[]) => Omit<StoredModel, 'files'>,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const total = files.reduce((sum, { content }) => sum + content.size, 0);
  try {
    const written: StoredFile[] = [];
    let before = 0;
    for (const { name, content, ...sums } of files) {
      const promised = { ...sums, bytes: content.size };
      written.push(
        await staging.write(name, content, promised, signal, (bytes) =>
          onProgress({ label: name, done: before + bytes, total }),
        ),
      );
      before += content.size;
    }
    return await staging.publish(describe(written));
  } catch (error) {
    await staging.discard();
    throw error;
  }
}
