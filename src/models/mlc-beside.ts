/**
 * A model whose weights were written for web-llm, installed beside the library of another one of the same shape: a
 * library is compiled for sizes and not for weights.
 */
import * as v from 'valibot';
import { AppError } from '../core/errors';
import type { StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { checkMlcFolder, type FolderFile, MODEL_CARD, storeMlcFolder } from './mlc-models';
import type { ModelStore } from './model-store';
import { CHAT_CONFIG, LIBRARY } from './web-llm-cache';
import { WORDS } from './words';

/** What a library is compiled for. */
const Shape = v.object({
  model_type: v.string(),
  quantization: v.string(),
  model_config: v.object({
    hidden_size: v.number(),
    intermediate_size: v.number(),
    num_hidden_layers: v.number(),
    num_attention_heads: v.number(),
    num_key_value_heads: v.number(),
    vocab_size: v.number(),
  }),
});

/**
 * @param files as `weights/mlc-shards.ts` writes them, with the tokenizer
 * @param library a stored model for web-llm
 * @throws AppError bad-file when sizes or quantisation differ, storage-full, storage-unavailable; AbortError
 */
export async function installBeside(
  store: ModelStore,
  library: StoredModel,
  files: ReadonlyMap<string, Blob>,
  name: string,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const [ours, theirs] = await Promise.all([
    shapeOf(files.get(CHAT_CONFIG) ?? new Blob([]), name),
    shapeOf(await store.file(library.id, CHAT_CONFIG), library.name),
  ]);
  const different = differences(ours, theirs);
  if (different.length > 0) {
    const detail = WORDS.webLlm.otherShape(library.name, name, different);
    throw new AppError({ kind: 'bad-file', detail });
  }
  const card = { name, style: 'base', licence: library.licence, files: {} };
  const folder: FolderFile[] = [
    ...[...files].map(([path, file]) => ({ name: path, file })),
    { name: LIBRARY, file: await store.file(library.id, LIBRARY) },
    { name: MODEL_CARD, file: new Blob([JSON.stringify(card)]) },
  ];
  return storeMlcFolder(store, await checkMlcFolder(folder, name), now, signal, onProgress);
}

async function shapeOf(file: Blob, name: string): Promise<v.InferOutput<typeof Shape>> {
  try {
    return v.parse(Shape, JSON.parse(await file.text()));
  } catch (error) {
    const detail = WORDS.webLlm.noShape(name);
    throw new AppError({ kind: 'bad-file', detail }, { cause: error });
  }
}

function differences(ours: v.InferOutput<typeof Shape>, theirs: v.InferOutput<typeof Shape>): string[] {
  const flat = (shape: typeof ours): Readonly<Record<string, string | number>> => ({
    type: shape.model_type,
    quantisation: shape.quantization,
    ...shape.model_config,
  });
  const other = flat(theirs);
  return Object.entries(flat(ours)).flatMap(([key, value]) =>
    other[key] === value ? [] : [WORDS.webLlm.difference(key, String(value), String(other[key]))],
  );
}
