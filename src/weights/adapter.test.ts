import { gguf } from '@huggingface/gguf';
import { safetensors as loaders } from '@jax-js/loaders';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adapterConfig, adapterTensor, adapterTensors, writeAdapterGguf } from './adapter';
import { bytesOf, interleavedRows } from './conversion';
import { readLlamaConfig } from './llama-config';
import { readSafetensors, writeSafetensors } from './safetensors';

const config = readLlamaConfig(JSON.parse(readFileSync('public/models/built-in/config.json', 'utf8')));
const lora = { kind: 'lora', rank: 4, alpha: 8, targets: ['q_proj', 'v_proj', 'down_proj'] } as const;
const never = new AbortController().signal;

let seed = 1;
const values = (count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, () => Math.sin(seed++ * 12.9898));
const written = writeSafetensors(
  [...adapterTensors(config, lora)].map(([name, shape]) => ({
    name,
    shape,
    dtype: 'F32' as const,
    bytes: bytesOf(values(shape[0]! * shape[1]!)),
  })),
);
const adapter = await readSafetensors(written);

it('tensors are named and shaped as PEFT does', async () => {
  const name = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  expect(adapterTensor(0, 'q_proj', 'A')).toBe(name);
  expect(adapterTensor(5, 'down_proj', 'B')).toBe(
    'base_model.model.model.layers.5.mlp.down_proj.lora_B.weight',
  );
  const { tensors } = loaders.parse(new Uint8Array(await written.arrayBuffer()));
  expect(Object.keys(tensors)).toHaveLength(config.layers * lora.targets.length * 2);
  expect(tensors[name]!.shape).toEqual([4, config.hiddenSize]);
  expect(tensors['base_model.model.model.layers.0.mlp.down_proj.lora_A.weight']!.shape).toEqual([
    4,
    config.ffnSize,
  ]);
  expect(tensors['base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight']!.shape).toEqual([
    config.kvHeads * config.headSize,
    4,
  ]);
});

it('the configuration says rank, alpha, targets and task', () => {
  expect(JSON.parse(adapterConfig(lora, 'a/model'))).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: 'a/model',
    r: 4,
    lora_alpha: 8,
    target_modules: ['q_proj', 'v_proj', 'down_proj'],
    bias: 'none',
  });
});

it('as GGUF: llama.cpp names, rows of queries moved as in the model', async () => {
  const file = await writeAdapterGguf(config, lora, adapter, 'mine', never);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
  const path = join(folder, 'adapter.gguf');
  writeFileSync(path, bytes);
  const read = await gguf(path, { allowLocalFile: true });
  rmSync(folder, { recursive: true });
  expect(read.metadata).toMatchObject({
    'general.type': 'adapter',
    'adapter.type': 'lora',
    'adapter.lora.alpha': 8,
  });
  expect(read.tensorInfos).toHaveLength(config.layers * 6);
  const content = (name: string): Uint8Array => {
    const { offset, shape } = read.tensorInfos.find((info) => info.name === name)!;
    const start = Number(read.tensorDataOffset + offset);
    return bytes.subarray(start, start + Number(shape[0]! * shape[1]!) * 4);
  };
  const of = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    bytesOf(await adapter.readTensor(name));
  const queries = await of(adapterTensor(2, 'q_proj', 'B'));
  expect(content('blk.2.attn_q.weight.lora_b')).toEqual(
    interleavedRows(queries, config.heads * config.headSize, config.headSize),
  );
  expect(content('blk.2.attn_q.weight.lora_a')).toEqual(await of(adapterTensor(2, 'q_proj', 'A')));
  expect(content('blk.2.attn_v.weight.lora_b')).toEqual(await of(adapterTensor(2, 'v_proj', 'B')));
  expect(content('blk.2.ffn_down.weight.lora_a')).toEqual(await of(adapterTensor(2, 'down_proj', 'A')));
});

it('one that does not fit is refused', async () => {
  for (const other of [
    { ...lora, rank: 8 },
    { ...lora, targets: ['k_proj'] as const },
  ]) {
    await expect(writeAdapterGguf(config, other, adapter, 'mine', never)).rejects.toMatchObject({
      failure: { kind: 'bad-file' },
    });
  }
  const controller = new AbortController();
  controller.abort();
  await expect(writeAdapterGguf(config, lora, adapter, 'mine', controller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
});
