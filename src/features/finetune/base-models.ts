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
import {
  checkLlamaWeights,
  llamaTensors,
  type LlamaConfig,
  readLlamaConfig,
} from '../../weights/llama-config';
import { readSafetensors } from '../../weights/safetensors';
import type { Services } from '../../app/services';

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

/** Bytes of a number while it is trained: itself, its gradient and AdamW's two moments, in F32. */
const BYTES_TRAINED = 16;
const BYTES_FROZEN = 4;
/** A longer tokenizer.json is none of a model that a tab can train. */
const MAX_TOKENIZER_BYTES = 64 * 1024 * 1024;
const MAX_CONFIG_BYTES = 1024 * 1024;

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
  const config = readLlamaConfig(await json(base.config, CONFIG_FILE, MAX_CONFIG_BYTES));
  checkLlamaWeights(config, await readSafetensors(base.weights));
  const tokenizer = await json(base.tokenizer, TOKENIZER_FILE, MAX_TOKENIZER_BYTES);
  return { config, endOfText: endOfTextOf(config, tokenizer) };
}

async function json(file: Blob, name: string, limit: number): Promise<unknown> {
  if (file.size > limit) throw badFile(`${name} is longer than such a file can be.`);
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch (error) {
    throw badFile(`${name} is no JSON file: it is damaged, or another file.`, error);
  }
}

interface TokenizerFile {
  readonly added_tokens?: readonly { readonly id?: unknown; readonly content?: unknown }[];
  readonly model?: { readonly vocab?: Readonly<Record<string, unknown>> };
}
/** The text of the end token, as tokenizer.json spells it. */
function endOfTextOf(config: LlamaConfig, tokenizer: unknown): string {
  const { added_tokens: added, model } = (tokenizer ?? {}) as TokenizerFile;
  const vocabulary = model?.vocab;
  if (typeof vocabulary !== 'object') throw badFile(`${TOKENIZER_FILE} has no vocabulary.`);
  const tokens = new Map(Object.entries(vocabulary).map(([text, id]) => [id, text]));
  for (const { id, content } of Array.isArray(added) ? added : []) {
    if (typeof content === 'string') tokens.set(id, content);
  }
  const largest = Math.max(...[...tokens.keys()].map(Number));
  if (!(largest < config.vocabSize)) {
    throw badFile(
      `The tokenizer does not fit the model: it has a token number ${largest}, the model knows ${config.vocabSize} tokens.`,
    );
  }
  const text = config.eosId === null ? undefined : tokens.get(config.eosId);
  if (text === undefined) {
    throw badFile('The tokenizer does not fit the model: it does not have the token that ends a text.');
  }
  return text;
}

/** All numbers of a model. */
export const parametersOf = (config: LlamaConfig): number =>
  [...llamaTensors(config).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Bytes that weights and optimizer take at least, before anything is computed; a trial measures the rest. */
export function leastBytes(config: LlamaConfig, full: boolean): number {
  return parametersOf(config) * (full ? BYTES_TRAINED : BYTES_FROZEN);
}
