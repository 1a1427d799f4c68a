/** The built-in model's files for a trainer; they lie beside its GGUF and are fetched when they are needed. */
import { AppError } from '../core/errors';
import { CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { BaseWeights } from '../trainer/trainer';

/** @param folder URL that ends in "/" */
export async function builtInWeights(
  folder: string,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<BaseWeights> {
  onProgress({ label: 'Reading the built-in model', done: 0, total: null });
  const [config, weights, tokenizer] = await Promise.all(
    [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE].map((name) => fetchFile(folder + name, signal)),
  );
  return { config, weights, tokenizer } as BaseWeights;
}

async function fetchFile(url: string, signal: AbortSignal): Promise<Blob> {
  let status: number | null = null;
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return await response.blob();
    ({ status } = response);
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError({ kind: 'model-file-missing', url, status }, { cause: error });
  }
  throw new AppError({ kind: 'model-file-missing', url, status });
}
