/** The models that can be finetuned: the built-in one, and stored ones that came as Hugging Face lays them out. */
import { AppError } from '../../core/errors';
import {
  BUILT_IN,
  CONFIG_FILE,
  type ModelInfo,
  type StoredModel,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import type { BaseWeights } from '../../trainer/trainer';
import { badFile } from '../../weights/bad-file';
import { readJson } from '../../weights/json-file';
import {
  checkLlamaWeights,
  llamaTensors,
  type LlamaConfig,
  readLlamaConfig,
} from '../../weights/llama-config';
import { readSafetensors } from '../../weights/safetensors';
import { checkVocabulary, readTokenizer, type TokenizerFile } from '../../weights/tokenizer-file';
import type { Services } from '../../app/services';
import { WORDS } from './words';

type BaseInfo = Pick<ModelInfo, 'id' | 'name' | 'hash' | 'style' | 'licence' | 'origin'>;
export type BaseModel = BaseInfo & {
  /** The model it descends from, however often it was finetuned: values that suit that one suit this one. */
  readonly familyId: string;
};
export interface OpenBase {
  readonly model: BaseInfo;
  readonly weights: BaseWeights;
  readonly config: LlamaConfig;
  /** The text of the token that ends a completion. */
  readonly endOfText: string;
}

/** Bytes of a parameter while it is trained: itself, its gradient and AdamW's two moments, in F32. */
const BYTES_TRAINED = 16;
const BYTES_FROZEN = 4;

const isTrainable = ({ files }: StoredModel): boolean =>
  [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE].every((name) => files.some((file) => file.name === name));

/** The built-in model first; left out when it cannot be read. @throws AppError storage-unavailable */
export async function baseModels({
  models,
  modelStore,
}: Pick<Services, 'models' | 'modelStore'>): Promise<readonly BaseModel[]> {
  const builtIn = models.find(BUILT_IN).then(
    (info) => [info],
    () => [],
  );
  const [own, stored] = await Promise.all([builtIn, modelStore.list()]);
  return [...own, ...stored.filter(isTrainable)].map(({ id, name, hash, style, licence, origin }) => ({
    ...{ id, name, hash, style, licence, origin },
    familyId: familyOf(id, stored),
  }));
}
function familyOf(id: string, stored: readonly StoredModel[]): string {
  const seen = new Set<string>();
  let family = id;
  for (;;) {
    const parent = stored.find((model) => model.id === family)?.parent?.modelId;
    if (parent === undefined || seen.has(parent)) return family;
    seen.add(parent);
    family = parent;
  }
}

/**
 * The files of a base model, with what its configuration says.
 * @param id of a listed model, or `BUILT_IN`
 * @throws AppError bad-file when files do not fit together, model-not-here, model-file-missing
 */
export async function openBase(
  services: Pick<Services, 'models' | 'builtInWeights' | 'modelStore'>,
  id: string,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<OpenBase> {
  const model = await baseInfo(services, id);
  const file = (name: string): Promise<Blob> => services.modelStore.file(model.id, name);
  const weights =
    model.origin === 'built-in'
      ? await services.builtInWeights(signal, onProgress)
      : {
          config: await file(CONFIG_FILE),
          weights: await file(WEIGHTS_FILE),
          tokenizer: await file(TOKENIZER_FILE),
        };
  return { model, weights, ...(await checkBase(weights)) };
}

async function baseInfo(
  { models, modelStore }: Pick<Services, 'models' | 'modelStore'>,
  id: string,
): Promise<BaseInfo> {
  const stored = await modelStore.get(id);
  if (stored && isTrainable(stored)) return stored;
  const info = await models.find(id);
  if (info.origin === 'built-in') return info;
  throw new AppError({ kind: 'model-not-here', model: id });
}

/**
 * Whether three files are a model that can be trained here. Reads the header of the weights, not the weights.
 * @throws AppError bad-file, with a sentence that names what does not fit
 */
export async function checkBase(base: BaseWeights): Promise<Pick<OpenBase, 'config' | 'endOfText'>> {
  const config = readLlamaConfig(await readJson(base.config, CONFIG_FILE));
  checkLlamaWeights(config, await readSafetensors(base.weights));
  return { config, endOfText: endOfTextOf(config, await readTokenizer(base.tokenizer)) };
}

/** The text of the end token, as tokenizer.json spells it. */
function endOfTextOf(config: LlamaConfig, tokenizer: TokenizerFile): string {
  checkVocabulary(tokenizer, config);
  const text = config.eosId === null ? undefined : tokenizer.texts.get(config.eosId);
  if (text === undefined) {
    throw badFile(WORDS.base.badTokenizer);
  }
  return text;
}

/** How many parameters a model has. */
export const parametersOf = (config: LlamaConfig): number =>
  [...llamaTensors(config).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Bytes that weights and optimizer take at least, before anything is computed; a trial measures the rest. */
export function leastBytes(config: LlamaConfig, full: boolean): number {
  return parametersOf(config) * (full ? BYTES_TRAINED : BYTES_FROZEN);
}
