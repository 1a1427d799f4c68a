/** A Llama in the Hugging Face layout as a GGUF file, which llama.cpp runs. */
import { type ConversionWatch, inPrecision, interleavedRows } from './conversion';
import {
  GGUF_ALIGNMENT,
  type GgufEntry,
  type GgufTensorToWrite,
  type GgufType,
  type RawEntries,
  writeGguf,
} from './gguf-writer';
import { checkLlamaWeights, type LlamaConfig, llamaTensors } from './llama-config';
import type { LlamaWeights } from './llama-weights';
import { narrowToQ8 } from './number-types';
import { tokenizerEntries } from './tokenizer-entries';
import type { TokenizerFile } from './tokenizer-file';

/** A Llama's weights with what is needed to write them into a file of another format. */
export interface LlamaToWrite {
  /** Goes into the file. */
  readonly name: string;
  readonly config: LlamaConfig;
  readonly weights: LlamaWeights;
  /** The entries of the GGUF file that it comes from, which are kept as they are; else they are made. */
  readonly entries?: RawEntries | null;
}

/** The numbers of `general.file_type`. */
const FILE_TYPES = { F32: 0, F16: 1, Q8_0: 7 } as const;

/** Names of a layer's tensors: the Hugging Face layout's, and llama.cpp's. */
const LAYER_NAMES: Readonly<Record<string, string>> = {
  'input_layernorm.weight': 'attn_norm.weight',
  'self_attn.q_proj.weight': 'attn_q.weight',
  'self_attn.k_proj.weight': 'attn_k.weight',
  'self_attn.v_proj.weight': 'attn_v.weight',
  'self_attn.o_proj.weight': 'attn_output.weight',
  'post_attention_layernorm.weight': 'ffn_norm.weight',
  'mlp.gate_proj.weight': 'ffn_gate.weight',
  'mlp.up_proj.weight': 'ffn_up.weight',
  'mlp.down_proj.weight': 'ffn_down.weight',
};
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
};

/** llama.cpp's name of a tensor; null for one that it does not have. */
export function ggufName(name: string): string | null {
  const layer = /^model\.layers\.(\d+)\.(.+)$/u.exec(name);
  if (!layer) return OTHER_NAMES[name] ?? null;
  const own = LAYER_NAMES[layer[2] ?? ''];
  return own ? `blk.${layer[1] ?? ''}.${own}` : null;
}

/** Whether its rows are queries or keys, which llama.cpp wants in another order. */
export const isRotated = (name: string): boolean => /\.self_attn\.[qk]_proj\./u.test(name);

function configEntries({ name, config }: LlamaToWrite, precision: GgufType): GgufEntry[] {
  const u32 = (key: string, value: number): GgufEntry => ({ key: `llama.${key}`, type: 'u32', value });
  const f32 = (key: string, value: number): GgufEntry => ({ key: `llama.${key}`, type: 'f32', value });
  return [
    { key: 'general.architecture', type: 'string', value: 'llama' },
    { key: 'general.name', type: 'string', value: name },
    { key: 'general.file_type', type: 'u32', value: FILE_TYPES[precision] },
    { key: 'general.alignment', type: 'u32', value: GGUF_ALIGNMENT },
    u32('context_length', config.contextLength),
    u32('embedding_length', config.hiddenSize),
    u32('block_count', config.layers),
    u32('feed_forward_length', config.ffnSize),
    u32('attention.head_count', config.heads),
    u32('attention.head_count_kv', config.kvHeads),
    u32('rope.dimension_count', config.headSize),
    f32('rope.freq_base', config.ropeTheta),
    f32('attention.layer_norm_rms_epsilon', config.normEps),
    u32('vocab_size', config.vocabSize),
    // Where heads are not as wide as the model divided by their number.
    ...(config.headSize * config.heads === config.hiddenSize
      ? []
      : [u32('attention.key_length', config.headSize), u32('attention.value_length', config.headSize)]),
  ];
}

/**
 * All matrices in the wanted precision, norms in F32 as llama.cpp keeps them.
 * @throws AppError bad-file when config, weights and tokenizer do not fit each other; AbortError
 */
export async function writeLlamaGguf(
  model: LlamaToWrite,
  tokenizer: TokenizerFile,
  precision: GgufType,
  watch: ConversionWatch,
): Promise<Blob> {
  const entries = model.entries
    ? model.entries.ofType(FILE_TYPES[precision])
    : [...configEntries(model, precision), ...tokenizerEntries(tokenizer, model.config)];
  return writeGguf(entries, await ggufTensors(model, precision, watch));
}

async function ggufTensors(
  { config, weights }: LlamaToWrite,
  precision: GgufType,
  { signal, onProgress }: ConversionWatch,
): Promise<GgufTensorToWrite[]> {
  checkLlamaWeights(config, weights);
  const shapes = llamaTensors(config);
  const tensors: GgufTensorToWrite[] = [];
  for (const [name, shape] of shapes) {
    signal.throwIfAborted();
    const dtype = shape.length === 1 ? 'F32' : typeFor(shape, precision);
    let bytes = dtype === 'Q8_0' ? await inQ8(weights, name) : await inPrecision(weights, name, dtype);
    if (isRotated(name)) {
      bytes = interleavedRows(bytes, shape[0] ?? 0, config.headSize);
    }
    // A blob at once: what waits for the others takes no memory of this page.
    tensors.push({ name: ggufName(name) ?? name, shape, dtype, bytes: new Blob([bytes]) });
    onProgress?.(tensors.length, shapes.size);
  }
  return tensors;
}

/** Rows that are no whole blocks of 32 stay halves, as in llama.cpp. */
const typeFor = ([, columns = 0]: readonly number[], precision: GgufType): GgufType =>
  precision === 'Q8_0' && columns % 32 !== 0 ? 'F16' : precision;

async function inQ8(weights: LlamaWeights, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { type, bytes } = await weights.readStored(name);
  return type === 'Q8_0' ? bytes : narrowToQ8(await weights.readTensor(name), name);
}
