/** A Llama in a GGUF file, read as if it were in the Hugging Face layout: configuration, tokenizer, tensors by name. */
import { halvedRows } from './conversion';
import { badGguf, type GgufHeader, GgufReader, type GgufValue } from './gguf-header';
import { type GgufTensor, readGgufTensors } from './gguf-tensors';
import { ggufTokenizer } from './gguf-tokenizer';
import { RawEntries } from './gguf-writer';
import { checkLlamaWeights, type LlamaConfig, llamaTensors, readLlamaConfig } from './llama-config';
import { ggufName, isRotated } from './llama-gguf';
import type { LlamaWeights, StoredNumbers } from './llama-weights';
import { type ReadableType, typeOfNumber, widen } from './number-types';
import { WORDS } from './words';

/** A file that was checked; tensors are read when they are asked for. */
export class GgufLlama implements LlamaWeights {
  private constructor(
    private readonly file: Blob,
    readonly header: GgufHeader,
    /** The settings as a config.json has them. */
    readonly json: object,
    readonly config: LlamaConfig,
    /** The content of a tokenizer.json. */
    readonly tokenizer: object,
    readonly entries: RawEntries,
    private readonly tensors: ReadonlyMap<string, GgufTensor>,
  ) {}

  /** @throws AppError bad-file when it is not a Llama that can be read here */
  static async open(file: Blob): Promise<GgufLlama> {
    const { header, tensors } = await readGgufTensors(file);
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    const json = configOf(header, byName);
    const config = readLlamaConfig(json);
    const entries = await rawEntries(file, header);
    const llama = new GgufLlama(file, header, json, config, ggufTokenizer(header), entries, byName);
    for (const [name] of llamaTensors(config)) llama.#type(llama.#tensor(name));
    checkLlamaWeights(config, llama);
    return llama;
  }

  names(): Iterable<string> {
    return llamaTensors(this.config).keys();
  }

  shape(name: string): readonly number[] {
    return this.#tensor(name).shape.toReversed();
  }

  async readTensor(name: string): Promise<Float32Array<ArrayBuffer>> {
    const { type, bytes } = await this.#read(name);
    return widen(type, bytes);
  }

  async readStored(name: string): Promise<StoredNumbers> {
    const { type, bytes } = await this.#read(name);
    if (type === 'BF16' || type === 'Q5_0' || type === 'Q5_1') {
      return { type: 'F32', bytes: new Uint8Array(widen(type, bytes).buffer) };
    }
    return { type, bytes };
  }

  /** How the numbers of a tensor are stored. @throws AppError bad-file */
  typeOf(name: string): ReadableType {
    return this.#type(this.#tensor(name));
  }

  async #read(
    name: string,
  ): Promise<{ readonly type: ReadableType; readonly bytes: Uint8Array<ArrayBuffer> }> {
    const tensor = this.#tensor(name);
    const { at, bytes: size, shape } = tensor;
    const bytes = new Uint8Array(await this.file.slice(at, at + (size ?? 0)).arrayBuffer());
    if (bytes.length !== size) throw badGguf(WORDS.gguf.unreadable);
    const rows = isRotated(name) ? halvedRows(bytes, shape[1] ?? 1, this.config.headSize) : bytes;
    return { type: this.#type(tensor), bytes: rows };
  }

  #tensor(name: string): GgufTensor {
    const tensor = this.tensors.get(ggufName(name) ?? name);
    if (!tensor) throw badGguf(WORDS.gguf.missing(ggufName(name) ?? name));
    return tensor;
  }

  #type({ name, type }: GgufTensor): ReadableType {
    const known = typeOfNumber(type);
    if (!known) throw badGguf(WORDS.gguf.otherNumbers(name));
    return known;
  }
}

/** Magic, version and both counts come before the entries. */
const ENTRIES_AT = 24;

async function rawEntries(file: Blob, { end }: GgufHeader): Promise<RawEntries> {
  const bytes = await file.slice(0, end).arrayBuffer();
  const reader = new GgufReader(bytes, ENTRIES_AT);
  let typeAt: number | null = null;
  // Keys may repeat: their number is counted, not taken from the map.
  let count = 0;
  for (; reader.at < end; count++) {
    const key = reader.string();
    const type = reader.u32();
    if (key === 'general.file_type' && type === U32) typeAt = reader.at - ENTRIES_AT;
    reader.value(type);
  }
  return new RawEntries(count, new Uint8Array(bytes.slice(ENTRIES_AT)), typeAt);
}
const U32 = 4;

/** The header's entries under the names of config.json. */
function configOf(header: GgufHeader, tensors: ReadonlyMap<string, GgufTensor>): object {
  const { metadata } = header;
  const llama = (key: string): GgufValue | undefined => metadata.get(`llama.${key}`);
  const scaling = llama('rope.scaling.type');
  const scaled = (scaling !== undefined && scaling !== 'none') || tensors.has('rope_freqs.weight');
  const heads = llama('attention.head_count');
  const width = llama('embedding_length');
  const headSize =
    llama('attention.key_length') ??
    (typeof width === 'number' && typeof heads === 'number' ? width / heads : undefined);
  const numberOr = (value: GgufValue | undefined): GgufValue | null => value ?? null;
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: metadata.get('general.architecture'),
    hidden_act: 'silu',
    vocab_size: tensors.get('token_embd.weight')?.shape[1],
    hidden_size: width,
    num_hidden_layers: llama('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: llama('attention.head_count_kv') ?? heads,
    head_dim: numberOr(headSize),
    intermediate_size: llama('feed_forward_length'),
    max_position_embeddings: llama('context_length'),
    rms_norm_eps: llama('attention.layer_norm_rms_epsilon'),
    rope_theta: llama('rope.freq_base') ?? 10_000,
    rope_scaling: scaled ? { type: numberOr(scaling) } : null,
    tie_word_embeddings: !tensors.has('output.weight'),
    attention_bias: [...tensors.keys()].some((name) => /attn_\w+\.bias$/u.test(name)),
    mlp_bias: [...tensors.keys()].some((name) => /ffn_\w+\.bias$/u.test(name)),
    bos_token_id: numberOr(metadata.get('tokenizer.ggml.bos_token_id')),
    eos_token_id: numberOr(metadata.get('tokenizer.ggml.eos_token_id')),
  };
}
