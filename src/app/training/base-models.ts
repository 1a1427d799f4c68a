/** The models that can be finetuned: the built-in one, and stored Llamas: as Hugging Face lays them out, as GGUF, as adapters. */
import { AppError } from '../../core/errors';
import { BUILT_IN, type ModelInfo, type StoredModel } from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import { hasLlamaFiles, inHubLayout, isGguf, modelWeights } from '../../models/model-weights';
import { badFile } from '../../weights/bad-file';
import { type BaseWeights, openLlama } from '../../weights/base-weights';
import { llamaTensors, type LlamaConfig } from '../../weights/llama-config';
import type { TokenizerFile } from '../../weights/tokenizer-file';
import type { Services } from '../services';
import { WORDS } from './words';

type BaseInfo = Pick<
  ModelInfo,
  'id' | 'name' | 'hash' | 'style' | 'licence' | 'origin' | 'bytes' | 'adapter' | 'languages'
>;
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

/** Which stored models can be trained, by their hashes: their headers are read once. */
export class KnownBases {
  readonly #known = new Map<string, boolean>();

  constructor(private readonly modelStore: Services['modelStore']) {}

  async trainable(model: StoredModel): Promise<boolean> {
    if (inHubLayout(model)) return true;
    if (!isGguf(model)) return false;
    const known = this.#known.get(model.hash);
    if (known !== undefined) return known;
    const weights = await modelWeights(this.modelStore, model).catch(() => null);
    // Its base may come back.
    if (!weights) return false;
    const fits = await openLlama(weights).then(
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
  known: KnownBases,
): Promise<readonly BaseModel[]> {
  const builtIn = models.find(BUILT_IN).then(
    (info) => [info],
    () => [],
  );
  const [own, stored] = await Promise.all([builtIn, modelStore.list()]);
  const fits = await Promise.all(stored.map((model) => known.trainable(model)));
  const trainable = stored.filter((_, i) => fits[i]);
  return [...own, ...trainable].map((model) => ({
    ...model,
    familyId: familyOf(model.id, stored),
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
 * @throws AppError bad-file when files do not fit together, model-not-here, base-not-here, model-file-missing
 */
export async function openBase(
  services: Pick<Services, 'models' | 'builtInWeights' | 'modelStore'>,
  id: string,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<OpenBase> {
  const stored = await services.modelStore.get(id);
  if (stored && hasLlamaFiles(stored)) {
    const weights = await modelWeights(services.modelStore, stored);
    return { model: stored, weights, ...(await checkBase(weights)) };
  }
  const model = await services.models.find(id);
  if (model.origin !== 'built-in') throw new AppError({ kind: 'model-not-here', model: id });
  const weights = await services.builtInWeights(signal, onProgress);
  return { model, weights, ...(await checkBase(weights)) };
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
