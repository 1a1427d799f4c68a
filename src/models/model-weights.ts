/** The weights of a stored model, wherever they lie: in its own files, or in those of the model that it is an adapter for. */
import { AppError } from '../core/errors';
import {
  ADAPTER_WEIGHTS_FILE,
  type AdapterBase,
  CONFIG_FILE,
  GGUF_FILE,
  type StoredModel,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../core/models/stored-model';
import type { BaseWeights, GgufFile } from '../weights/base-weights';
import type { ModelStore } from './model-store';

type Files = Pick<ModelStore, 'list' | 'file'>;

const has = ({ files }: StoredModel, ...names: readonly string[]): boolean =>
  names.every((name) => files.some((file) => file.name === name));

/** Whether it came as the hub lays models out. */
export const inHubLayout = (model: StoredModel): boolean =>
  has(model, CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE);

/** Whether it is a GGUF file, or an adapter for one. */
export const isGguf = (model: StoredModel): boolean =>
  model.engine === 'llama.cpp' && (has(model, GGUF_FILE) || model.adapter !== undefined);

/** Whether it has weights that could be trained or converted; its header says more. */
export const hasLlamaFiles = (model: StoredModel): boolean => inHubLayout(model) || isGguf(model);

/** Models that cannot be used without this one. */
export const adaptersOf = (hash: string, models: readonly StoredModel[]): readonly StoredModel[] =>
  models.filter(({ adapter }) => adapter?.base.hash === hash);

/**
 * The model that an adapter belongs on; hashes of hashes have no circles.
 * @param name of the adapter, for the message
 * @throws AppError base-not-here
 */
export async function baseOf(
  store: Pick<ModelStore, 'list'>,
  name: string,
  base: AdapterBase,
): Promise<StoredModel> {
  const found = (await store.list()).find((one) => one.hash === base.hash && isGguf(one));
  if (!found) throw new AppError({ kind: 'base-not-here', model: name, base: base.name });
  return found;
}

/**
 * What an engine loads: the file, and the adapters on it.
 * @throws AppError base-not-here, model-file-missing
 */
export async function ggufOf(store: Files, model: StoredModel): Promise<GgufFile> {
  if (!model.adapter) return { gguf: await store.file(model.id, GGUF_FILE) };
  const below = await ggufOf(store, await baseOf(store, model.name, model.adapter.base));
  const learned = { file: await store.file(model.id, ADAPTER_WEIGHTS_FILE), scale: model.adapter.scale };
  return { ...below, adapters: [...(below.adapters ?? []), learned] };
}

/** What a model is trained or converted from. @throws AppError base-not-here, model-file-missing */
export async function modelWeights(store: Files, model: StoredModel): Promise<BaseWeights> {
  if (!inHubLayout(model)) return ggufOf(store, model);
  const [config, weights, tokenizer] = await Promise.all(
    [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE].map((name) => store.file(model.id, name)),
  );
  return { config, weights, tokenizer } as BaseWeights;
}
