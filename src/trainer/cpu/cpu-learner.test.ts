import { defaultDevice, init } from '@jax-js/jax';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingMethod } from '../../core/training/training';
import { randomBatch, randomLlama } from '../../testing/random-llama';
import { readSafetensors, type TensorToWrite } from '../../weights/safetensors';
import { writeCheckpoint } from '../checkpoint';
import { JaxLearner } from '../jax-learner';
import { TrainableLlama } from '../trainable-llama';
import { CpuLearner } from './cpu-learner';
import { adapterPlaces } from './model-plan';

type Lora = Extract<TrainingMethod, { kind: 'lora' }>;
const LORA: Lora = {
  kind: 'lora',
  rank: 3,
  alpha: 6,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
};
const breathe = (): Promise<void> => Promise.resolve();
const floats = ({ bytes }: TensorToWrite): Float32Array => {
  if (bytes instanceof Blob) throw new Error('not in memory');
  return new Float32Array(bytes.slice().buffer);
};

async function both(patch: Readonly<Record<string, unknown>>, method: Lora) {
  const { config, file } = randomLlama(patch);
  const weights = await readSafetensors(file());
  const cpu = await CpuLearner.open(
    config,
    weights,
    { method, seed: 3, weightDecay: 0.01, longest: 40, threads: 1 },
    breathe,
  );
  const jax = new JaxLearner(await TrainableLlama.load(config, weights, method, 3), 0.01, breathe, 'CPU');
  // A fresh adapter's B is zero, and then A has no gradient.
  let seed = 0;
  const start = await writeCheckpoint(
    adapterPlaces(config, method),
    (name) => {
      const place = adapterPlaces(config, method).find((one) => one.name === name);
      const size = (place?.shape[0] ?? 0) * (place?.shape[1] ?? 0);
      const wave = (): Float32Array<ArrayBuffer> =>
        Float32Array.from({ length: size }, () => 0.1 * Math.sin(++seed));
      const zeros = new Float32Array(size);
      return { parameters: wave(), first: zeros, second: zeros };
    },
    0,
  );
  await cpu.restore(start);
  await jax.restore(start);
  return { config, cpu, jax };
}

beforeAll(async () => {
  await init('wasm');
  defaultDevice('wasm');
});

describe.each([
  ['grouped heads, tied embeddings', {}, {}],
  ['one head for all, own output matrix', { num_key_value_heads: 4, tie_word_embeddings: false }, {}],
  ['the highest layer alone', { num_hidden_layers: 3 }, { topLayers: 1 }],
  ['sizes that fill no vector', { hidden_size: 40, intermediate_size: 51, vocab_size: 101 }, { rank: 5 }],
])('the CPU learner and jax-js: %s', (_, patch, change) => {
  it('give the same loss, gradients, update and answers', async () => {
    const { config, cpu, jax } = await both(patch, { ...LORA, ...change });
    for (const [rows, length] of [
      [3, 21],
      [2, 40],
    ] as const) {
      const batch = randomBatch(config, rows, length);
      const [own, other] = [await cpu.gradients(batch), await jax.gradients(batch)];
      expect(own.loss).toBeCloseTo(other.loss, 5);
      expect(own.gradientNorm / other.gradientNorm).toBeCloseTo(1, 4);
      for (const learner of [cpu, jax]) await learner.update(1, 1e-3, 0.7);
      const { tensors: theirs } = await jax.learned();
      for (const [i, tensor] of (await cpu.learned()).tensors.entries()) {
        const wanted = floats(theirs[i] as TensorToWrite);
        expect(tensor.name).toBe(theirs[i]?.name);
        const worst = floats(tensor).reduce(
          (most, value, at) => Math.max(most, Math.abs(value - (wanted[at] as number))),
          0,
        );
        // A step moves each number by about the learning rate.
        expect(worst).toBeLessThan(1e-4);
      }
      expect(await cpu.lossSum(batch)).toBeCloseTo(await jax.lossSum(batch), 2);
    }
    const prompts = [[3, 9, 4], [7], [1, 2, 3, 4, 5, 6, 7, 8, 9]];
    const limits = { maxNewTokens: 6, endId: 96 };
    expect(await cpu.answer(prompts, limits)).toEqual(await jax.answer(prompts, limits));
    cpu.dispose();
    jax.dispose();
  });
});
