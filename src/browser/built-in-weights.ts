/** The built-in model's files for a trainer; they lie beside its GGUF and are fetched when they are needed. */
import { CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { appFile } from '../io/app-file';
import type { HubFiles } from '../weights/base-weights';
import { WORDS } from './words';

/** @param folder URL that ends in "/" */
export async function builtInWeights(
  folder: string,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<HubFiles> {
  onProgress({ label: WORDS.readingModel, done: 0, total: null });
  const [config, weights, tokenizer] = await Promise.all(
    [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE].map((name) =>
      appFile(folder + name, (response) => response.blob(), signal),
    ),
  );
  return { config, weights, tokenizer } as HubFiles;
}
