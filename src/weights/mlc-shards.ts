/**
 * A Llama as MLC's files, which web-llm runs with the library of a model of the same sizes: shards of raw tensors, their
 * index under both names that web-llm's versions look for, and mlc-chat-config.json. Queries, keys and values are one
 * matrix here, gate and up another. One matrix at a time is in memory.
 */
import { bytesOf, type ConversionWatch, inPrecision, narrowed } from './conversion';
import { toHalf } from './half-floats';
import { checkLlamaWeights, type LlamaConfig } from './llama-config';
import { GROUP, quantise } from './group-quantiser';
import type { LlamaToWrite } from './llama-gguf';

/** MLC's names: bits of a weight, then the float that it is computed in. */
export const MLC_QUANTISATIONS = ['q0f16', 'q0f32', 'q4f16_1', 'q4f32_1'] as const;
export type MlcQuantisation = (typeof MLC_QUANTISATIONS)[number];

/** A shard is closed before it would grow beyond; a tensor that is larger has one for itself, as in MLC's own files. */
const SHARD_BYTES = 32 * 1024 * 1024;
const MLC_CONFIG_FILE = 'mlc-chat-config.json';
/** The same text twice: web-llm from 0.2.80 on reads the first, older ones the second. */
const INDEX_FILES = ['tensor-cache.json', 'ndarray-cache.json'] as const;

interface MlcTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float16' | 'float32' | 'uint32';
  readonly bytes: Blob;
}
interface Source {
  /** MLC's name, without `.weight`. */
  readonly name: string;
  /** Tensors of the Hugging Face layout that lie below each other in it. */
  readonly parts: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly norm: boolean;
}

function sources(config: LlamaConfig): Source[] {
  const { hiddenSize, ffnSize, vocabSize } = config;
  const queries = config.heads * config.headSize;
  const keys = config.kvHeads * config.headSize;
  const matrix = (name: string, rows: number, columns: number, parts = [name]): Source => ({
    name,
    rows,
    columns,
    parts: parts.map((part) => `${part}.weight`),
    norm: false,
  });
  const norm = (name: string): Source => ({ ...matrix(name, 1, hiddenSize), norm: true });
  const layers = Array.from({ length: config.layers }, (_, layer) => {
    const own = `model.layers.${layer}`;
    const attention = `${own}.self_attn`;
    const projections = ['q_proj', 'k_proj', 'v_proj'].map((part) => `${attention}.${part}`);
    const doors = ['gate_proj', 'up_proj'].map((part) => `${own}.mlp.${part}`);
    return [
      norm(`${own}.input_layernorm`),
      matrix(`${attention}.qkv_proj`, queries + 2 * keys, hiddenSize, projections),
      matrix(`${attention}.o_proj`, hiddenSize, queries),
      norm(`${own}.post_attention_layernorm`),
      matrix(`${own}.mlp.gate_up_proj`, 2 * ffnSize, hiddenSize, doors),
      matrix(`${own}.mlp.down_proj`, hiddenSize, ffnSize),
    ];
  });
  return [
    matrix('model.embed_tokens', vocabSize, hiddenSize),
    ...layers.flat(),
    norm('model.norm'),
    ...(config.tiedEmbeddings ? [] : [matrix('lm_head', vocabSize, hiddenSize)]),
  ];
}

async function convert(
  { weights }: LlamaToWrite,
  source: Source,
  quantisation: MlcQuantisation,
): Promise<MlcTensor[]> {
  const { name, parts, rows, columns } = source;
  const half = quantisation.includes('f16');
  const precision = half ? 'F16' : 'F32';
  const dtype = half ? 'float16' : 'float32';
  if (source.norm || quantisation.startsWith('q0')) {
    const pieces: (Blob | Uint8Array<ArrayBuffer>)[] = [];
    for (const part of parts) pieces.push(await inPrecision(weights, part, precision));
    const shape = source.norm ? [columns] : [rows, columns];
    return [{ name: `${name}.weight`, shape, dtype, bytes: new Blob(pieces) }];
  }
  const words: Uint8Array<ArrayBuffer>[] = [];
  const scales: Uint8Array<ArrayBuffer>[] = [];
  // Rows are quantised by themselves, so parts need not be joined first.
  for (const part of parts) {
    const quantised = quantise(await weights.readTensor(part), columns, precision, part);
    words.push(bytesOf(quantised.words));
    scales.push(half ? bytesOf(toHalf(quantised.scales)) : narrowed(quantised.scales, 'F32', part));
  }
  const groups = Math.ceil(columns / GROUP);
  return [
    { name: `${name}.q_weight`, shape: [rows, groups * 4], dtype: 'uint32', bytes: new Blob(words) },
    { name: `${name}.q_scale`, shape: [rows, groups], dtype, bytes: new Blob(scales) },
  ];
}

class Shards {
  readonly files = new Map<string, Blob>();
  readonly records: object[] = [];
  #open: MlcTensor[] = [];
  #size = 0;
  bytes = 0;
  count = 0;
  add(tensor: MlcTensor): void {
    if (this.#size > 0 && this.#size + tensor.bytes.size > SHARD_BYTES) this.close();
    this.#open.push(tensor);
    this.#size += tensor.bytes.size;
    this.bytes += tensor.bytes.size;
    this.count++;
  }
  close(): void {
    if (this.#open.length === 0) return;
    const dataPath = `params_shard_${this.files.size}.bin`;
    this.files.set(dataPath, new Blob(this.#open.map(({ bytes }) => bytes)));
    let byteOffset = 0;
    const records = this.#open.map(({ name, shape, dtype, bytes }) => {
      const record = { name, shape, dtype, format: 'raw', nbytes: bytes.size, byteOffset };
      byteOffset += bytes.size;
      return record;
    });
    this.records.push({ dataPath, format: 'raw-shard', nbytes: this.#size, records });
    this.#open = [];
    this.#size = 0;
  }
}

/**
 * All files but the tokenizer's, by name.
 * @throws AppError bad-file when weights do not fit the configuration or cannot be narrowed; AbortError
 */
export async function writeMlcModel(
  model: LlamaToWrite,
  quantisation: MlcQuantisation,
  { signal, onProgress }: ConversionWatch,
): Promise<ReadonlyMap<string, Blob>> {
  checkLlamaWeights(model.config, model.weights);
  const all = sources(model.config);
  const shards = new Shards();
  let parameters = 0;
  for (const [done, source] of all.entries()) {
    signal.throwIfAborted();
    for (const tensor of await convert(model, source, quantisation)) shards.add(tensor);
    parameters += source.rows * source.columns;
    onProgress?.(done + 1, all.length);
  }
  shards.close();
  const index = JSON.stringify({
    metadata: {
      ParamSize: shards.count,
      ParamBytes: shards.bytes,
      BitsPerParam: (shards.bytes * 8) / parameters,
    },
    records: shards.records,
  });
  const files = new Map(shards.files);
  for (const name of INDEX_FILES) files.set(name, jsonBlob(index));
  const chat = { ...chatConfig(model.config), quantization: quantisation };
  files.set(MLC_CONFIG_FILE, jsonBlob(`${JSON.stringify(chat, null, 2)}\n`));
  return files;
}

const jsonBlob = (text: string): Blob => new Blob([text], { type: 'application/json' });

/** For a model that continues text: no roles, nothing around what is asked. */
function chatConfig(config: LlamaConfig): Record<string, unknown> {
  const context = Math.min(config.contextLength, 4096);
  const stop = config.eosId === null ? [] : [config.eosId];
  const window = {
    context_window_size: context,
    prefill_chunk_size: Math.min(context, 1024),
    vocab_size: config.vocabSize,
    tensor_parallel_shards: 1,
  };
  return {
    version: '0.1.0',
    model_type: 'llama',
    model_config: {
      hidden_size: config.hiddenSize,
      intermediate_size: config.ffnSize,
      num_attention_heads: config.heads,
      num_key_value_heads: config.kvHeads,
      num_hidden_layers: config.layers,
      head_dim: config.headSize,
      rms_norm_eps: config.normEps,
      position_embedding_base: config.ropeTheta,
      rope_scaling: null,
      tie_word_embeddings: config.tiedEmbeddings,
      ...window,
    },
    ...window,
    sliding_window_size: -1,
    attention_sink_size: -1,
    temperature: 1,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    repetition_penalty: 1,
    tokenizer_files: ['tokenizer.json'],
    tokenizer_info: {
      token_postproc_method: 'byte_level',
      prepend_space_in_encode: false,
      strip_space_in_decode: false,
    },
    conv_template: {
      name: 'LM',
      system_template: '{system_message}',
      system_message: '',
      system_prefix_token_ids: config.bosId === null ? null : [config.bosId],
      add_role_after_system_message: true,
      roles: { user: '', assistant: '' },
      role_templates: { user: '{user_message}', assistant: '{assistant_message}', tool: '{tool_message}' },
      messages: [],
      seps: [''],
      role_content_sep: '',
      role_empty_sep: '',
      stop_str: [],
      stop_token_ids: stop,
      function_string: '',
      use_function_calling: false,
    },
    pad_token_id: config.eosId ?? 0,
    bos_token_id: config.bosId ?? 0,
    eos_token_id: stop,
  };
}
