import { describe, expect, it } from 'vitest';
import { randomBase } from '../testing/base-weights';
import { type OpenLlama, openLlama } from './base-weights';
import { writeAdapterGguf } from './adapter-gguf';
import { readGgufTensors } from './gguf-tensors';
import type { GgufType } from './gguf-writer';
import { llamaTensors } from './llama-config';
import { writeLlamaGguf } from './llama-gguf';
import { MergedWeights } from './merged-weights';
import { writeSafetensors } from './safetensors';

const never = { signal: new AbortController().signal };
const WIDE = { hidden_size: 64, num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 96 };

async function written(from: OpenLlama, type: GgufType): Promise<Blob> {
  return writeLlamaGguf({ name: 'tiny', ...from }, from.tokenizer, type, never);
}
const differences = async (a: OpenLlama, b: OpenLlama): Promise<number[]> => {
  const worst: number[] = [];
  for (const [name] of llamaTensors(a.config)) {
    const [one, other] = [await a.weights.readTensor(name), await b.weights.readTensor(name)];
    expect(other.length).toBe(one.length);
    worst.push(one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] as number))), 0));
  }
  return worst;
};

describe('a Llama in a GGUF file', () => {
  it('is the one that was written: settings, tokenizer, numbers', async () => {
    const base = await openLlama(randomBase());
    const read = await openLlama({ gguf: await written(base, 'F32') });
    const { normEps, ropeTheta, ...sizes } = base.config;
    expect(read.config).toMatchObject(sizes);
    expect(read.config.normEps).toBeCloseTo(normEps, 9);
    expect(read.config.ropeTheta).toBe(ropeTheta);
    expect([...read.tokenizer.texts].sort()).toEqual(
      expect.arrayContaining([...base.tokenizer.texts].sort()),
    );
    expect(read.tokenizer.pre_tokenizer).toMatchObject({ type: 'ByteLevel', use_regex: true });
    expect(Math.max(...(await differences(base, read)))).toBe(0);
  });

  it.each(['F16', 'Q8_0'] as const)('written again as %s keeps all entries but the type', async (type) => {
    const base = await openLlama(randomBase(WIDE, WIDE));
    const first = await written(base, 'F32');
    const again = await written(await openLlama({ gguf: first }), type);
    const [one, other] = [await readGgufTensors(first), await readGgufTensors(again)];
    const entries = ({ header }: typeof one) =>
      [...header.metadata].filter(([key]) => key !== 'general.file_type');
    expect(entries(other)).toEqual(entries(one));
    expect(other.header.metadata.get('general.file_type')).toBe(type === 'F16' ? 1 : 7);
    const read = await openLlama({ gguf: again });
    // Of numbers below one: half a step of a block, or of the last of eleven bits.
    expect(Math.max(...(await differences(base, read)))).toBeLessThan(type === 'F16' ? 1e-3 : 6e-3);
    // What is Q8_0 already is copied.
    if (type === 'Q8_0') {
      const copy = await written(await openLlama({ gguf: again }), type);
      expect(new Uint8Array(await copy.arrayBuffer())).toEqual(new Uint8Array(await again.arrayBuffer()));
    }
  });

  it('refuses what is cut or of another kind', async () => {
    const gguf = await written(await openLlama(randomBase()), 'F32');
    const bad = { failure: { kind: 'bad-file' } };
    await expect(openLlama({ gguf: gguf.slice(0, gguf.size - 100) })).rejects.toMatchObject(bad);
    await expect(openLlama({ gguf: new Blob(['GGUF']) })).rejects.toMatchObject(bad);
  });
});

describe('an adapter', () => {
  const alpha = 6;
  const side = (shape: readonly [number, number], from: number) => ({
    shape,
    dtype: 'F32' as const,
    bytes: new Uint8Array(
      Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(from + i)).buffer,
    ),
  });
  const name = 'base_model.model.model.layers.1.self_attn.q_proj';
  const file = writeSafetensors([
    { name: `${name}.lora_A.weight`, ...side([2, 8], 1) },
    { name: `${name}.lora_B.weight`, ...side([8, 2], 2) },
  ]);

  it('merged is the base plus alpha / rank times B A, and nothing else changes', async () => {
    const base = await openLlama(randomBase());
    const merged = await MergedWeights.open(base.weights, { file, scale: alpha / 2 });
    const weight = 'model.layers.1.self_attn.q_proj.weight';
    const [before, after] = [await base.weights.readTensor(weight), await merged.readTensor(weight)];
    for (const [i, value] of after.entries()) {
      let product = 0;
      for (let r = 0; r < 2; r++) {
        product += Math.sin(2 + Math.floor(i / 8) * 2 + r) * Math.sin(1 + r * 8 + (i % 8));
      }
      expect(value).toBeCloseTo((before[i] as number) + 3 * product, 4);
    }
    const other = 'model.layers.0.self_attn.q_proj.weight';
    expect(await merged.readTensor(other)).toEqual(await base.weights.readTensor(other));
  });

  it.each([
    ['another size', [2, 7], [8, 2]],
    ['parts of unequal rank', [2, 8], [8, 3]],
  ] as const)('of %s is refused', async (_, down, up) => {
    const base = await openLlama(randomBase());
    const other = writeSafetensors([
      { name: `${name}.lora_A.weight`, ...side(down, 1) },
      { name: `${name}.lora_B.weight`, ...side(up, 2) },
    ]);
    await expect(MergedWeights.open(base.weights, { file: other, scale: 1 })).rejects.toMatchObject({
      failure: { kind: 'bad-file' },
    });
  });

  it('for a layer that the model does not have is refused, and so is half of one', async () => {
    const base = await openLlama(randomBase());
    const high = name.replace('layers.1', 'layers.9');
    for (const tensors of [
      [
        { name: `${high}.lora_A.weight`, ...side([2, 8], 1) },
        { name: `${high}.lora_B.weight`, ...side([8, 2], 2) },
      ],
      [{ name: `${name}.lora_A.weight`, ...side([2, 8], 1) }],
    ]) {
      const opened = MergedWeights.open(base.weights, { file: writeSafetensors(tensors), scale: 1 });
      await expect(opened).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
    }
  });

  it('for llama.cpp has its names, its order of rows, and alpha', async () => {
    const { config } = await openLlama(randomBase());
    const gguf = await writeAdapterGguf(file, config, alpha);
    const { header, tensors } = await readGgufTensors(gguf);
    expect(Object.fromEntries(header.metadata)).toMatchObject({
      'general.type': 'adapter',
      'adapter.type': 'lora',
      'adapter.lora.alpha': alpha,
    });
    expect(tensors.map(({ name: own, shape }) => [own, shape])).toEqual([
      ['blk.1.attn_q.weight.lora_a', [8, 2]],
      ['blk.1.attn_q.weight.lora_b', [2, 8]],
    ]);
    const { at } = tensors[1] as (typeof tensors)[number];
    const rows = new Float32Array(await gguf.slice(at, at + 64).arrayBuffer());
    // Heads of two: the halves of a head are neighbours already.
    const half = config.headSize / 2;
    const place = (row: number): number => {
      const own = row % config.headSize;
      return row - own + (own < half ? 2 * own : 2 * (own - half) + 1);
    };
    for (let row = 0; row < 8; row++) {
      expect(rows[place(row) * 2]).toBeCloseTo(Math.sin(2 + row * 2), 6);
    }
  });
});
