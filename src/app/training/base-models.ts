/** The models that can be finetuned: the built-in one, and stored Llamas as Hugging Face lays them out or as GGUF. */
import { AppError } from '../../core/errors';
import {
  BUILT_IN,
  CONFIG_FILE,
  GGUF_FILE,
  type ModelInfo,
  type StoredModel,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import { badFile } from '../../weights/bad-file';
import { type BaseWeights, openLlama } from '../../weights/base-weights';
import { llamaTensors, type LlamaConfig } from '../../weights/llama-config';
import type { TokenizerFile } from '../../weights/tokenizer-file';
import type { Services } from '../services';
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

const has = ({ files }: StoredModel, ...names: readonly string[]): boolean =>
  names.every((name) => files.some((file) => file.name === name));
/** Whether it came as the hub lays models out. */
const inHubLayout = (model: StoredModel): boolean => has(model, CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE);

/** Which GGUF files are models that can be trained, by their hashes: their headers are read once. */
export class KnownGgufs {
  readonly #known = new Map<string, boolean>();

  constructor(private readonly modelStore: Services['modelStore']) {}

  async trainable(model: StoredModel): Promise<boolean> {
    if (inHubLayout(model)) return true;
    if (!has(model, GGUF_FILE)) return false;
    const known = this.#known.get(model.hash);
    if (known !== undefined) return known;
    const fits = await this.modelStore
      .file(model.id, GGUF_FILE)
      .then((gguf) => openLlama({ gguf }))
      .then(
        () => true,
        () => false,
      );
    this.#known.set(model.hash, fits);
    return fits;
  }
}

/** The built-in model first; left out when it cannot be read. @throws AppError storage-unavailable */
export async function baseModels(
  { models, modelStore }: Pick<Services, 'models' | 'modelStore'>,
  ggufs: KnownGgufs,
): Promise<readonly BaseModel[]> {
  const builtIn = models.find(BUILT_IN).then(
    (info) => [info],
    () => [],
  );
  const [own, stored] = await Promise.all([builtIn, modelStore.list()]);
  const fits = await Promise.all(stored.map((model) => ggufs.trainable(model)));
  const trainable = stored.filter((_, i) => fits[i]);
  return [...own, ...trainable].map(({ id, name, hash, style, licence, origin }) => ({
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
  const weights =
    model.origin === 'built-in'
      ? await services.builtInWeights(signal, onProgress)
      : await storedBase(services.modelStore, model);
  return { model, weights, ...(await checkBase(weights)) };
}

/**
 * The files that a stored model is trained or converted from.
 * @throws AppError model-not-here, model-file-missing
 */
export async function storedBase(
  modelStore: Services['modelStore'],
  { id }: Pick<StoredModel, 'id'>,
): Promise<BaseWeights> {
  const stored = await modelStore.get(id);
  if (!stored) throw new AppError({ kind: 'model-not-here', model: id });
  const file = (name: string): Promise<Blob> => modelStore.file(id, name);
  if (!inHubLayout(stored)) return { gguf: await file(GGUF_FILE) };
  return {
    config: await file(CONFIG_FILE),
    weights: await file(WEIGHTS_FILE),
    tokenizer: await file(TOKENIZER_FILE),
  };
}

async function baseInfo(
  { models, modelStore }: Pick<Services, 'models' | 'modelStore'>,
  id: string,
): Promise<BaseInfo> {
  const stored = await modelStore.get(id);
  if (stored && (inHubLayout(stored) || has(stored, GGUF_FILE))) return stored;
  const info = await models.find(id);
  if (info.origin === 'built-in') return info;
  throw new AppError({ kind: 'model-not-here', model: id });
}

/**
 * Whether files are a model that can be trained here. Reads the header of the weights, not the weights.
 * @throws AppError bad-file, with a sentence that names what does not fit
 */
export async function checkBase(base: BaseWeights): Promise<Pick<OpenBase, 'config' | 'endOfText'>> {
  const { config, tokenizer } = await openLlama(base);
  return { config, endOfText: endOfTextOf(config, tokenizer) };
}

/** The text of the end token, as the tokenizer spells it. */
function endOfTextOf(config: LlamaConfig, tokenizer: TokenizerFile): string {
  const text = config.eosId === null ? undefined : tokenizer.texts.get(config.eosId);
  if (text === undefined) {
    throw badFile(WORDS.badTokenizer);
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
