/** The files of stored models, in the place that their row gives. */
import { AppError } from '../core/errors';
import type { StoredModelRow } from '../storage/schema';
import { failed, openFile, removeFile, removeFolder } from './model-folders';
import { type CacheKey, cacheKey, openCached, putCached, removeCached } from './web-llm-cache';
import { WORDS } from './words';

/** Null when it is missing. @throws AppError storage-unavailable */
export async function openStored(row: StoredModelRow, name: string): Promise<File | null> {
  if (row.folder !== null) return openFile({ folder: row.folder, name });
  return row.webLlm ? openCached(cacheKey(row.webLlm, name), name) : null;
}

/** Removes a model's files, but none that other models need as well. */
export async function removeStored(row: StoredModelRow, others: readonly StoredModelRow[]): Promise<void> {
  if (row.folder !== null) await removeFolder(row.folder);
  const needed = new Set(others.flatMap(cachedKeys).map((key) => key.url));
  await removeCached(cachedKeys(row).filter((key) => !needed.has(key.url)));
}

/** What a model has in web-llm's caches. */
export const cachedKeys = (row: StoredModelRow): readonly CacheKey[] =>
  row.folder === null && row.webLlm
    ? row.files.map((file) => cacheKey(row.webLlm as NonNullable<typeof row.webLlm>, file.name))
    : [];

/**
 * Moves the staged files of a model into web-llm's caches, one after another, so that at most one takes its space twice.
 * Can be interrupted anywhere and repeated.
 * @throws AppError storage-full, storage-unavailable
 */
export async function moveToCache(folder: string, row: StoredModelRow): Promise<void> {
  if (!row.webLlm) throw new Error(WORDS.webLlm.notWebLlm);
  for (const { name, bytes } of row.files) {
    const key = cacheKey(row.webLlm, name);
    const staged = await openFile({ folder, name });
    try {
      if (staged) await putCached(key, staged);
      else if ((await openCached(key, name))?.size !== bytes) {
        throw new AppError({ kind: 'model-file-missing', url: key.url, status: null, from: 'store' });
      }
    } catch (error) {
      throw failed(error);
    }
    if (staged) await removeFile({ folder, name });
  }
}
