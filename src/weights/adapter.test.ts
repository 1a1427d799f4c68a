import { safetensors as loaders } from '@jax-js/loaders';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { adapterConfig, adapterTensor, adapterTensors } from './adapter';
import { bytesOf } from './conversion';
import { readLlamaConfig } from './llama-config';
import { writeSafetensors } from './safetensors';

const config = readLlamaConfig(JSON.parse(readFileSync('public/models/built-in/config.json', 'utf8')));
const lora = { kind: 'lora', rank: 4, alpha: 8, targets: ['q_proj', 'v_proj', 'down_proj'] } as const;

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
  expect(JSON.parse(adapterConfig(lora, 'a/model', 6))).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: 'a/model',
    r: 4,
    lora_alpha: 8,
    target_modules: ['q_proj', 'v_proj', 'down_proj'],
    bias: 'none',
    layers_to_transform: null,
  });
  // Without the list peft would ask for adapters that were never trained.
  expect(JSON.parse(adapterConfig({ ...lora, topLayers: 2 }, 'a/model', 6))).toMatchObject({
    layers_to_transform: [4, 5],
    layers_pattern: 'layers',
  });
});
