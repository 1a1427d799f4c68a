/** Writes a Llama as the folder that transformers and most other tools load: safetensors, configuration, tokenizer. */
import { badFile } from './bad-file';
import { type ConversionWatch, inPrecision, type Precision } from './conversion';
import { checkLlamaWeights, type LlamaConfig, llamaTensors, readLlamaConfig } from './llama-config';
import type { LlamaWeights } from './llama-weights';
import { type TensorToWrite, writeSafetensors } from './safetensors';
import { readTokenizer } from './tokenizer-file';
import { WORDS } from './words';

/** What the folder is written from. */
export interface HuggingFaceModel {
  /** The parsed config.json of the base model. */
  readonly config: unknown;
  readonly weights: LlamaWeights;
  /** tokenizer.json as it is. */
  readonly tokenizer: Blob;
}

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;

/** The weights alone, in the wanted precision. @throws AppError bad-file; AbortError */
async function writeLlamaSafetensors(
  config: LlamaConfig,
  weights: LlamaWeights,
  precision: Precision,
  { signal, onProgress }: ConversionWatch,
): Promise<Blob> {
  checkLlamaWeights(config, weights);
  const shapes = llamaTensors(config);
  const tensors: TensorToWrite[] = [];
  for (const [name, shape] of shapes) {
    signal.throwIfAborted();
    const bytes = new Blob([await inPrecision(weights, name, precision)]);
    tensors.push({ name, shape, dtype: precision, bytes });
    onProgress?.(tensors.length, shapes.size);
  }
  return writeSafetensors(tensors);
}

/**
 * All files, by name.
 * @throws AppError bad-file when configuration, weights and tokenizer do not match; AbortError
 */
export async function huggingFaceFiles(
  model: HuggingFaceModel,
  precision: Precision,
  watch: ConversionWatch,
): Promise<ReadonlyMap<string, Blob>> {
  const config = readLlamaConfig(model.config);
  const tokenizer = await readTokenizer(model.tokenizer);
  const tokenOf = (id: number | null): string | null => {
    const text = id === null ? null : tokenizer.texts.get(id);
    if (text === undefined) throw badFile(WORDS.tokenizer.lacksToken);
    return text;
  };
  const weights = await writeLlamaSafetensors(config, model.weights, precision, watch);
  const bos = tokenOf(config.bosId);
  const eos = tokenOf(config.eosId);
  const own = {
    // Newer versions of transformers say `dtype`, and read this name as well.
    ...(model.config as object),
    torch_dtype: DTYPES[precision],
    ...('dtype' in (model.config as object) ? { dtype: DTYPES[precision] } : {}),
  };
  return new Map([
    ['config.json', json(own)],
    ['model.safetensors', weights],
    ['tokenizer.json', model.tokenizer],
    [
      'tokenizer_config.json',
      json({
        tokenizer_class: 'PreTrainedTokenizerFast',
        model_max_length: config.contextLength,
        clean_up_tokenization_spaces: false,
        bos_token: bos,
        eos_token: eos,
        // Models of this kind have no token of their own for it.
        pad_token: eos,
      }),
    ],
    [
      'generation_config.json',
      json({ _from_model_config: true, bos_token_id: config.bosId, eos_token_id: config.eosId }),
    ],
  ]);
}

const json = (value: unknown): Blob =>
  new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' });
