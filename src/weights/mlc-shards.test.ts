import { openAsBlob, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf } from './conversion';
import { fromHalf } from './half-floats';
import { readLlamaConfig } from './llama-config';
import type { LlamaToWrite } from './llama-gguf';
import { MLC_QUANTISATIONS, type MlcQuantisation, writeMlcModel } from './mlc-shards';
import { readSafetensors, writeSafetensors } from './safetensors';

interface MlcRecord {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float16' | 'float32' | 'uint32';
  readonly format: string;
  readonly nbytes: number;
  readonly byteOffset: number;
}
interface MlcIndex {
  readonly metadata: {
    readonly ParamSize: number;
    readonly ParamBytes: number;
    readonly BitsPerParam: number;
  };
  readonly records: readonly {
    readonly dataPath: string;
    readonly format: string;
    readonly nbytes: number;
    readonly records: readonly MlcRecord[];
  }[];
}

// Millions of numbers are looked at one by one.
vi.setConfig({ testTimeout: 30_000 });

const FOLDER = 'public/models/built-in/';
const model: LlamaToWrite = {
  name: 'built-in',
  config: readLlamaConfig(JSON.parse(readFileSync(`${FOLDER}config.json`, 'utf8'))),
  weights: await readSafetensors(await openAsBlob(`${FOLDER}model.safetensors`)),
};
const never = { signal: new AbortController().signal };
const BYTES = { float16: 2, float32: 4, uint32: 4 };
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** All tensors as web-llm cuts them out of the shards, and checks of the index on the way. */
async function tensorsOf(
  files: ReadonlyMap<string, Blob>,
): Promise<Map<string, MlcRecord & { bytes: ArrayBuffer }>> {
  const text = await files.get('tensor-cache.json')!.text();
  expect(await files.get('ndarray-cache.json')!.text()).toBe(text);
  const index = JSON.parse(text) as MlcIndex;
  const tensors = new Map<string, MlcRecord & { bytes: ArrayBuffer }>();
  let total = 0;
  for (const shard of index.records) {
    const file = files.get(shard.dataPath)!;
    expect(file.size).toBe(shard.nbytes);
    if (shard.records.length > 1) expect(file.size).toBeLessThanOrEqual(32 * 1024 * 1024);
    let at = 0;
    for (const record of shard.records) {
      expect(record.byteOffset).toBe(at);
      expect(record.nbytes).toBe(product(record.shape) * BYTES[record.dtype]);
      expect(record.format).toBe('raw');
      at += record.nbytes;
      tensors.set(record.name, { ...record, bytes: await file.slice(record.byteOffset, at).arrayBuffer() });
    }
    expect(at).toBe(shard.nbytes);
    total += at;
  }
  expect(index.metadata.ParamBytes).toBe(total);
  expect(index.metadata.ParamSize).toBe(tensors.size);
  return tensors;
}
function floats({ dtype, bytes }: { dtype: string; bytes: ArrayBuffer }): Float32Array<ArrayBuffer> {
  if (dtype === 'float32') return new Float32Array(bytes);
  const out = new Float32Array(bytes.byteLength / 2);
  fromHalf(new Uint16Array(bytes), out);
  return out;
}
async function joined(names: readonly string[]): Promise<Float32Array<ArrayBuffer>> {
  const parts: Float32Array<ArrayBuffer>[] = [];
  for (const name of names) parts.push(await model.weights.readTensor(name));
  return new Float32Array(await new Blob(parts).arrayBuffer());
}
const same = (a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): boolean =>
  Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
const attention = 'model.layers.2.self_attn';
const mlp = 'model.layers.2.mlp';
const FUSED: readonly (readonly [string, readonly string[]])[] = [
  ['model.embed_tokens', ['model.embed_tokens.weight']],
  [`${attention}.qkv_proj`, ['q', 'k', 'v'].map((part) => `${attention}.${part}_proj.weight`)],
  [`${attention}.o_proj`, [`${attention}.o_proj.weight`]],
  [`${mlp}.gate_up_proj`, [`${mlp}.gate_proj.weight`, `${mlp}.up_proj.weight`]],
  [`${mlp}.down_proj`, [`${mlp}.down_proj.weight`]],
];

describe.each(['q0f16', 'q0f32'] as const)('%s', (quantisation) => {
  it('holds the same numbers, queries, keys and values in one matrix', async () => {
    const files = await writeMlcModel(model, quantisation, never);
    const tensors = await tensorsOf(files);
    expect(tensors.size).toBe(2 + 6 * model.config.layers);
    for (const [name, parts] of FUSED) {
      const stored = tensors.get(`${name}.weight`)!;
      expect(stored.dtype).toBe(quantisation === 'q0f16' ? 'float16' : 'float32');
      // The built-in model is stored in halves, so neither form loses anything.
      expect(same(floats(stored), await joined(parts)), name).toBe(true);
    }
    const norm = tensors.get('model.layers.2.input_layernorm.weight')!;
    expect(norm.shape).toEqual([model.config.hiddenSize]);
    expect(tensors.has('lm_head.weight')).toBe(false);
  });
});

describe.each(['q4f16_1', 'q4f32_1'] as const)('%s', (quantisation) => {
  it('comes back within half a step', async () => {
    const tensors = await tensorsOf(await writeMlcModel(model, quantisation, never));
    expect(tensors.size).toBe(2 * (1 + 4 * model.config.layers) + 1 + 2 * model.config.layers);
    for (const [name, parts] of FUSED) {
      const words = tensors.get(`${name}.q_weight`)!;
      const scaleRecord = tensors.get(`${name}.q_scale`)!;
      expect(words.dtype).toBe('uint32');
      const [rows = 0, groups = 0] = scaleRecord.shape;
      expect(words.shape).toEqual([rows, groups * 4]);
      const scales = floats(scaleRecord);
      const packed = new Uint32Array(words.bytes);
      const exact = await joined(parts);
      const columns = exact.length / rows;
      let worst = 0;
      for (const [i, value] of exact.entries()) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const steps = ((packed[row * groups * 4 + (column >> 3)]! >>> ((column & 7) * 4)) & 15) - 7;
        const scale = scales[row * groups + (column >> 5)]!;
        worst = Math.max(worst, (Math.abs(value - steps * scale) - 1e-7) / scale);
      }
      expect(worst, name).toBeLessThanOrEqual(0.5);
    }
  });
});

it('the configuration is that of a base model', async () => {
  const files = await writeMlcModel(model, 'q0f32', never);
  const config = JSON.parse(await files.get('mlc-chat-config.json')!.text()) as Record<string, unknown>;
  expect(config).toMatchObject({
    model_type: 'llama',
    quantization: 'q0f32',
    context_window_size: 512,
    vocab_size: 4096,
    tokenizer_files: ['tokenizer.json'],
    model_config: { num_key_value_heads: 2, tie_word_embeddings: true },
    conv_template: { stop_token_ids: [0] },
  });
});

it('shards end before they grow too large; a larger tensor has its own; an output matrix is kept', async () => {
  const config = { ...model.config, vocabSize: 60_000, hiddenSize: 192, layers: 6, tiedEmbeddings: false };
  const tensors = [];
  for (const name of model.weights.names()) {
    const shape = model.weights.shape(name);
    if (name.includes('embed')) continue;
    tensors.push({ name, shape, dtype: 'F16' as const, bytes: (await model.weights.readStored(name)).bytes });
  }
  const large = new Uint8Array(60_000 * 192 * 2);
  const both = ['model.embed_tokens.weight', 'lm_head.weight'] as const;
  const shape = [60_000, 192];
  for (const name of both) tensors.push({ name, shape, dtype: 'F16' as const, bytes: large });
  const weights = await readSafetensors(writeSafetensors(tensors));
  const files = await writeMlcModel({ name: 'large', config, weights }, 'q0f16', never);
  const stored = await tensorsOf(files);
  expect(stored.get('lm_head.weight')!.shape).toEqual(shape);
  // The embedding with the layers, then the output matrix.
  expect([...files.keys()].filter((name) => name.endsWith('.bin'))).toHaveLength(2);
  const larger = { ...config, vocabSize: 100_000 };
  const wide = new Uint8Array(100_000 * 192 * 2);
  const twice = tensors.map((one) =>
    one.shape === shape ? { ...one, shape: [100_000, 192], bytes: wide } : one,
  );
  const own = await readSafetensors(writeSafetensors(twice));
  const shards = await writeMlcModel({ name: 'larger', config: larger, weights: own }, 'q0f16', never);
  await tensorsOf(shards);
  expect(shards.get('params_shard_0.bin')!.size).toBe(100_000 * 192 * 2);
});

it('tells how far it is, and stops at the signal', async () => {
  for (const quantisation of MLC_QUANTISATIONS satisfies readonly MlcQuantisation[]) {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number, total: number): void => {
      seen.push(done / total);
      if (done === 5) controller.abort();
    };
    await expect(
      writeMlcModel(model, quantisation, { signal: controller.signal, onProgress }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(5);
  }
});
