/** A Llama small enough for finite differences, with random weights: what tests of the trainer run on. */
import { deriveSeed, Random } from '../core/random';
import type { BatchTensors } from '../core/training/batches';
import { type LlamaConfig, llamaTensors, readLlamaConfig } from '../weights/llama-config';
import { writeSafetensors } from '../weights/safetensors';

const randomLlamaJson = (patch: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  model_type: 'llama',
  vocab_size: 97,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 48,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  eos_token_id: 0,
  ...patch,
});

export interface RandomLlama {
  readonly config: LlamaConfig;
  readonly json: Record<string, unknown>;
  readonly values: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** A file of these values; a test may change them before. */
  readonly file: () => Blob;
}

/** @param spread standard deviation of the matrices; larger ones give gradients that stand out of rounding */
export function randomLlama(
  patch: Readonly<Record<string, unknown>> = {},
  { seed = 1, spread = 0.2 } = {},
): RandomLlama {
  const json = randomLlamaJson(patch);
  const config = readLlamaConfig(json);
  const shapes = llamaTensors(config);
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of shapes) {
    const random = new Random(deriveSeed(seed, name));
    const size = shape.reduce((product, side) => product * side, 1);
    const centre = shape.length === 1 ? 1 : 0;
    values.set(
      name,
      Float32Array.from({ length: size }, () => centre + spread * normal(random)),
    );
  }
  const file = (): Blob =>
    writeSafetensors(
      [...shapes].map(([name, shape]) => ({
        name,
        shape,
        dtype: 'F32' as const,
        bytes: new Uint8Array((values.get(name) as Float32Array<ArrayBuffer>).slice().buffer),
      })),
    );
  return { config, json, values, file };
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Random tokens; every row counts from a place of its own. */
export function randomBatch(config: LlamaConfig, rows: number, length: number, seed = 5): BatchTensors {
  const random = new Random(seed);
  const tokens = Int32Array.from({ length: rows * length }, () => random.below(config.vocabSize));
  const positions: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let i = 2 + random.below(length - 3); i < length; i++) positions.push(row * length + i);
  }
  return {
    rows,
    length,
    tokens,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(positions, () => random.below(config.vocabSize)),
    tokenCount: rows * length,
  };
}
