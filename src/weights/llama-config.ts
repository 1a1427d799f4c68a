/**
 * Reads config.json of models of the Llama architecture, and lists the tensors that such a model must have. Everything that
 * differs from plain Llama (biases, scaled rotary positions, other activations, quantised weights) is refused: a model must
 * not be trained or written wrongly without an error.
 */
import * as v from 'valibot';
import { badFile } from './bad-file';
import type { LlamaWeights } from './llama-weights';
import { WORDS } from './words';

/** The sizes of a Llama, checked for sense and bounds. */
export interface LlamaConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / kvHeads` heads of queries. */
  readonly kvHeads: number;
  readonly headSize: number;
  readonly ffnSize: number;
  readonly ropeTheta: number;
  readonly normEps: number;
  readonly contextLength: number;
  /** The output matrix is the embedding matrix. */
  readonly tiedEmbeddings: boolean;
  readonly bosId: number | null;
  /** The first one where a model has several. */
  readonly eosId: number | null;
}

const size = (max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(max));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const tokenId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Config = v.object({
  vocab_size: size(4_000_000),
  hidden_size: size(131_072),
  num_hidden_layers: size(1000),
  num_attention_heads: size(1024),
  num_key_value_heads: v.nullish(size(1024)),
  head_dim: v.nullish(size(4096)),
  intermediate_size: size(1_000_000),
  max_position_embeddings: v.optional(size(100_000_000), 2048),
  rms_norm_eps: v.optional(positive, 1e-6),
  rope_theta: v.nullish(positive),
  // Newer files keep theta in here; `default` is the plain form.
  rope_parameters: v.nullish(v.object({ rope_theta: v.nullish(positive), rope_type: v.nullish(v.string()) })),
  tie_word_embeddings: v.optional(v.boolean(), false),
  bos_token_id: v.nullish(tokenId),
  eos_token_id: v.nullish(v.union([tokenId, v.pipe(v.array(tokenId), v.minLength(1))])),
});
/** What must not be there, or only with its plain value. */
const Plain = v.object({
  model_type: v.unknown(),
  hidden_act: v.optional(v.unknown(), 'silu'),
  attention_bias: v.optional(v.unknown(), false),
  mlp_bias: v.optional(v.unknown(), false),
  rope_scaling: v.optional(v.unknown(), null),
  quantization_config: v.optional(v.unknown(), null),
});

/**
 * @param json The parsed config.json.
 * @throws AppError bad-file, which names the problem
 */
export function readLlamaConfig(json: unknown): LlamaConfig {
  const plain = v.safeParse(Plain, json);
  if (!plain.success) throw badFile(WORDS.config.notSettings);
  refuseForeign(plain.output);
  const parsed = v.safeParse(Config, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? WORDS.config.aSetting;
    throw badFile(WORDS.config.badValue(key));
  }
  const config = parsed.output;
  const rope = config.rope_parameters;
  if (rope?.rope_type && rope.rope_type !== 'default') throw scaledRope();
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  const headSize = config.head_dim ?? config.hidden_size / heads;
  if (!Number.isInteger(headSize) || headSize % 2 !== 0 || heads % kvHeads !== 0) {
    throw badFile(WORDS.config.badHeads);
  }
  const eos = config.eos_token_id;
  return {
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    kvHeads,
    headSize,
    ffnSize: config.intermediate_size,
    ropeTheta: config.rope_theta ?? rope?.rope_theta ?? 10_000,
    normEps: config.rms_norm_eps,
    contextLength: config.max_position_embeddings,
    tiedEmbeddings: config.tie_word_embeddings,
    bosId: ownToken(config.bos_token_id, config.vocab_size),
    eosId: ownToken(Array.isArray(eos) ? eos[0] : eos, config.vocab_size),
  };
}

const scaledRope = (): Error => badFile(WORDS.config.scaledPositions);

function refuseForeign(config: v.InferOutput<typeof Plain>): void {
  if (config.model_type !== 'llama') {
    const kind = typeof config.model_type === 'string' ? config.model_type.slice(0, 40) : 'nothing';
    throw badFile(WORDS.config.otherKind(kind));
  }
  if (config.hidden_act !== 'silu') throw badFile(WORDS.config.otherActivation);
  if (config.attention_bias !== false || config.mlp_bias !== false) {
    throw badFile(WORDS.config.noBiases);
  }
  if (config.quantization_config !== null) {
    throw badFile(WORDS.config.quantised);
  }
  if (config.rope_scaling !== null) throw scaledRope();
}

function ownToken(id: number | null | undefined, vocabSize: number): number | null {
  if (id === null || id === undefined) return null;
  if (id < vocabSize) return id;
  throw badFile(WORDS.config.unknownToken);
}

/** Names and shapes of all tensors of such a model, in the Hugging Face layout; matrices are [out, in]. */
export function llamaTensors(config: LlamaConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize, ffnSize, headSize } = config;
  const shapes = new Map<string, readonly number[]>();
  shapes.set('model.embed_tokens.weight', [config.vocabSize, hiddenSize]);
  for (let layer = 0; layer < config.layers; layer++) {
    const own = `model.layers.${layer}.`;
    shapes.set(`${own}input_layernorm.weight`, [hiddenSize]);
    shapes.set(`${own}self_attn.q_proj.weight`, [config.heads * headSize, hiddenSize]);
    shapes.set(`${own}self_attn.k_proj.weight`, [config.kvHeads * headSize, hiddenSize]);
    shapes.set(`${own}self_attn.v_proj.weight`, [config.kvHeads * headSize, hiddenSize]);
    shapes.set(`${own}self_attn.o_proj.weight`, [hiddenSize, config.heads * headSize]);
    shapes.set(`${own}post_attention_layernorm.weight`, [hiddenSize]);
    shapes.set(`${own}mlp.gate_proj.weight`, [ffnSize, hiddenSize]);
    shapes.set(`${own}mlp.up_proj.weight`, [ffnSize, hiddenSize]);
    shapes.set(`${own}mlp.down_proj.weight`, [hiddenSize, ffnSize]);
  }
  shapes.set('model.norm.weight', [hiddenSize]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [config.vocabSize, hiddenSize]);
  return shapes;
}

/** @throws AppError bad-file when a tensor is missing or has another shape, or there is a bias */
export function checkLlamaWeights(config: LlamaConfig, weights: LlamaWeights): void {
  for (const [name, shape] of llamaTensors(config)) {
    const stored = weights.shape(name);
    if (stored.length !== shape.length || stored.some((side, i) => side !== shape[i])) {
      throw badFile(WORDS.tensor.otherShape(name, stored, shape));
    }
  }
  for (const name of weights.names()) {
    if (name.endsWith('.bias')) throw badFile(WORDS.config.noBiases);
  }
}
