/**
 * GGUF files of a few thousand random numbers, one for each architecture of the list of models: that a file of such an
 * architecture loads, not that it writes well. Names and shapes of tensors as in llama.cpp's llama-arch.cpp and llama-model.cpp.
 */
import { deriveSeed, Random } from '../core/random';
import { type GgufEntry, type GgufTensorToWrite, writeGguf } from '../weights/gguf-writer';
import { byteLetters, END_OF_TEXT } from './base-weights';

const [LAYERS, WIDTH, HEADS, KV_HEADS, FFN, CONTEXT] = [2, 32, 4, 2, 64, 256] as const;
const HEAD = WIDTH / HEADS;
/** The bytes, and one pair of them, because llama.cpp wants a list of pairs that is not empty. */
const TOKENS = [...byteLetters(), 'th', END_OF_TEXT];
const [NORMAL, CONTROL] = [1, 3];

type Shapes = ReadonlyMap<string, readonly number[]>;
interface Architecture {
  /** How text is cut before tokens are looked up, by llama.cpp's name. */
  readonly pre: string;
  /** Keys without the architecture's name. */
  readonly entries: readonly GgufEntry[];
  readonly layer: (index: number) => Readonly<Record<string, readonly number[]>>;
  readonly rest?: Readonly<Record<string, readonly number[]>>;
}

const u32 = (key: string, value: number): GgufEntry => ({ key, type: 'u32', value });
const f32 = (key: string, value: number): GgufEntry => ({ key, type: 'f32', value });
const RMS = f32('attention.layer_norm_rms_epsilon', 1e-5);
const KV = u32('attention.head_count_kv', KV_HEADS);
const ROPE = f32('rope.freq_base', 10_000);

const ATTENTION = {
  'attn_q.weight': [WIDTH, WIDTH],
  'attn_k.weight': [KV_HEADS * HEAD, WIDTH],
  'attn_v.weight': [KV_HEADS * HEAD, WIDTH],
  'attn_output.weight': [WIDTH, WIDTH],
} as const;
const GATED = {
  'ffn_gate.weight': [FFN, WIDTH],
  'ffn_up.weight': [FFN, WIDTH],
  'ffn_down.weight': [WIDTH, FFN],
} as const;
const NORMS = { 'attn_norm.weight': [WIDTH], 'ffn_norm.weight': [WIDTH] } as const;
const HEAD_NORMS = { 'attn_q_norm.weight': [HEAD], 'attn_k_norm.weight': [HEAD] } as const;
const LLAMA_LAYER = { ...NORMS, ...ATTENTION, ...GATED };
const OUTPUT = { 'output_norm.weight': [WIDTH] } as const;

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: {
    pre: 'smollm',
    entries: [RMS, KV, ROPE, u32('rope.dimension_count', HEAD)],
    layer: () => LLAMA_LAYER,
  },
  granite: {
    pre: 'gpt-2',
    entries: [
      ...[RMS, KV, ROPE, u32('rope.dimension_count', HEAD)],
      ...[f32('logit_scale', 4), f32('residual_scale', 0.25)],
      ...[f32('embedding_scale', 12), f32('attention.scale', 0.125)],
    ],
    layer: () => LLAMA_LAYER,
  },
  qwen2: {
    pre: 'qwen2',
    entries: [RMS, KV, ROPE],
    layer: () => ({
      ...LLAMA_LAYER,
      'attn_q.bias': [WIDTH],
      'attn_k.bias': [KV_HEADS * HEAD],
      'attn_v.bias': [KV_HEADS * HEAD],
    }),
  },
  qwen3: {
    pre: 'qwen2',
    entries: [RMS, KV, ROPE, u32('attention.key_length', HEAD), u32('attention.value_length', HEAD)],
    layer: () => ({ ...LLAMA_LAYER, ...HEAD_NORMS }),
  },
  gptneox: {
    pre: 'gpt-2',
    entries: [
      f32('attention.layer_norm_epsilon', 1e-5),
      u32('rope.dimension_count', HEAD / 2),
      { key: 'use_parallel_residual', type: 'bool', value: true },
    ],
    layer: () => ({
      ...NORMS,
      'attn_norm.bias': [WIDTH],
      'ffn_norm.bias': [WIDTH],
      'attn_qkv.weight': [3 * WIDTH, WIDTH],
      'attn_qkv.bias': [3 * WIDTH],
      'attn_output.weight': [WIDTH, WIDTH],
      'attn_output.bias': [WIDTH],
      'ffn_up.weight': [FFN, WIDTH],
      'ffn_up.bias': [FFN],
      'ffn_down.weight': [WIDTH, FFN],
      'ffn_down.bias': [WIDTH],
    }),
    rest: { ...OUTPUT, 'output_norm.bias': [WIDTH], 'output.weight': [TOKENS.length, WIDTH] },
  },
  // Its first layer is a short convolution, its second one attends.
  lfm2: {
    pre: 'lfm2',
    entries: [
      ...[RMS, ROPE, u32('shortconv.l_cache', 3), u32('vocab_size', TOKENS.length)],
      { key: 'attention.head_count_kv', type: 'i32s', value: [0, KV_HEADS] },
    ],
    layer: (index) => ({
      ...NORMS,
      ...GATED,
      ...(index === 0
        ? {
            'shortconv.conv.weight': [WIDTH, 3],
            'shortconv.in_proj.weight': [3 * WIDTH, WIDTH],
            'shortconv.out_proj.weight': [WIDTH, WIDTH],
          }
        : { ...ATTENTION, ...HEAD_NORMS }),
    }),
    rest: { 'token_embd_norm.weight': [WIDTH] },
  },
  // Its first layer is a gated delta rule of two heads of 16, its second one attends through gates.
  qwen35: {
    pre: 'qwen35',
    entries: [
      ...[RMS, KV, ROPE, u32('rope.dimension_count', HEAD), u32('full_attention_interval', 2)],
      ...[u32('attention.key_length', HEAD), u32('attention.value_length', HEAD)],
      ...[u32('ssm.conv_kernel', 4), u32('ssm.state_size', 16), u32('ssm.inner_size', WIDTH)],
      ...[u32('ssm.time_step_rank', 2), u32('ssm.group_count', 2)],
      { key: 'rope.dimension_sections', type: 'i32s', value: [2, 1, 1, 0] },
    ],
    layer: (index) => ({
      'attn_norm.weight': [WIDTH],
      'post_attention_norm.weight': [WIDTH],
      ...GATED,
      ...(index === 0
        ? {
            'attn_qkv.weight': [3 * WIDTH, WIDTH],
            'attn_gate.weight': [WIDTH, WIDTH],
            'ssm_conv1d.weight': [3 * WIDTH, 4],
            'ssm_dt.bias': [2],
            ssm_a: [2],
            'ssm_beta.weight': [2, WIDTH],
            'ssm_alpha.weight': [2, WIDTH],
            'ssm_norm.weight': [16],
            'ssm_out.weight': [WIDTH, WIDTH],
          }
        : { ...ATTENTION, ...HEAD_NORMS, 'attn_q.weight': [2 * WIDTH, WIDTH] }),
    }),
  },
};
export const TINY_ARCHITECTURES: readonly string[] = Object.keys(ARCHITECTURES);

/** @throws Error for an architecture that is not among them */
export function tinyGguf(architecture: string): Blob {
  const found = ARCHITECTURES[architecture];
  if (!found) throw new Error(`no tiny file of ${architecture}`);
  const own = [
    u32('context_length', CONTEXT),
    u32('embedding_length', WIDTH),
    u32('block_count', LAYERS),
    u32('feed_forward_length', FFN),
    u32('attention.head_count', HEADS),
    ...found.entries,
  ].map((entry) => ({ ...entry, key: `${architecture}.${entry.key}` }));
  return writeGguf(
    [
      { key: 'general.architecture', type: 'string', value: architecture },
      { key: 'general.name', type: 'string', value: `Tiny ${architecture}` },
      u32('general.file_type', 0),
      ...own,
      { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
      { key: 'tokenizer.ggml.pre', type: 'string', value: found.pre },
      { key: 'tokenizer.ggml.tokens', type: 'strings', value: TOKENS },
      {
        key: 'tokenizer.ggml.token_type',
        type: 'i32s',
        value: TOKENS.map((token) => (token === END_OF_TEXT ? CONTROL : NORMAL)),
      },
      { key: 'tokenizer.ggml.merges', type: 'strings', value: ['t h'] },
      u32('tokenizer.ggml.eos_token_id', TOKENS.indexOf(END_OF_TEXT)),
      { key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: false },
    ],
    tensors(shapesOf(found)),
  );
}

function shapesOf({ layer, rest = OUTPUT }: Architecture): Shapes {
  const layers = Array.from({ length: LAYERS }, (_, i) =>
    Object.entries(layer(i)).map(([name, shape]) => [`blk.${i}.${name}`, shape] as const),
  );
  return new Map([['token_embd.weight', [TOKENS.length, WIDTH]], ...layers.flat(), ...Object.entries(rest)]);
}

const tensors = (shapes: Shapes): GgufTensorToWrite[] =>
  [...shapes].map(([name, shape]) => {
    const random = new Random(deriveSeed('tiny', name));
    const size = shape.reduce((product, side) => product * side, 1);
    // Norms are about 1, biases and matrices about 0.
    const centre = name.endsWith('norm.weight') ? 1 : 0;
    const values = Float32Array.from({ length: size }, () => centre + 0.4 * (random.next() - 0.5));
    return { name, shape, dtype: 'F32', bytes: new Uint8Array(values.buffer) };
  });
