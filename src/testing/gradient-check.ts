/** Gradients of the trainer against finite differences of its own loss, on whatever backend is the default. */
import { tree } from '@jax-js/jax';
import type { TrainingMethod } from '../core/training/training';
import { StepRunner } from '../trainer/step';
import { TrainableLlama } from '../trainer/trainable-llama';
import { readSafetensors } from '../weights/safetensors';
import { randomBatch, randomLlama } from './random-llama';
import { numpy as np } from '@jax-js/jax';

const STEP = 1e-2;

/**
 * The worst relative difference over all learned tensors, at the coordinate where each gradient is largest.
 * @param patch what differs from the tiny model's configuration
 */
export async function worstGradientError(
  method: TrainingMethod,
  patch: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const { config, file } = randomLlama(patch);
  const batch = randomBatch(config, 2, 16);
  const model = await TrainableLlama.load(config, await readSafetensors(file()), method, 3);
  const runner = new StepRunner(model, 0, () => Promise.resolve());
  // A fresh adapter's B is zero, and then A has no gradient.
  for (const { group, key } of [...model.learned()]) {
    if (!key.endsWith('lora_B')) continue;
    const parameters = model.states[group]?.parameters as Record<string, np.Array>;
    const old = parameters[key] as np.Array;
    const values = Float32Array.from({ length: old.size }, (_, i) => 0.1 * Math.sin(i + 1));
    parameters[key] = np.array(values, { shape: [...old.shape] });
    old.dispose();
  }
  const { grads, loss } = await runner.gradients(batch);
  const mean = async (): Promise<number> => (await runner.lossSum(batch)) / batch.positions.length;
  let worst = Math.abs((await mean()) - loss) / loss;
  for (const { group, key } of [...model.learned()]) {
    const gradient = await (grads[group]?.[key] as np.Array).ref.data();
    let at = 0;
    for (let i = 1; i < gradient.length; i++) {
      if (Math.abs(gradient[i] as number) > Math.abs(gradient[at] as number)) at = i;
    }
    const parameters = model.states[group]?.parameters as Record<string, np.Array>;
    const original = parameters[key] as np.Array;
    const values = (await original.ref.data()) as Float32Array<ArrayBuffer>;
    const losses: number[] = [];
    for (const sign of [1, -1]) {
      const moved = values.slice();
      moved[at] = (values[at] as number) + sign * STEP;
      parameters[key] = np.array(moved, { shape: [...original.shape] });
      losses.push(await mean());
      parameters[key].dispose();
    }
    parameters[key] = original;
    const [above = 0, below = 0] = losses;
    const wanted = (above - below) / (2 * STEP);
    worst = Math.max(worst, Math.abs(wanted - (gradient[at] as number)) / Math.max(Math.abs(wanted), 1e-2));
  }
  for (const group of grads) tree.dispose(group);
  runner.dispose();
  model.dispose();
  return worst;
}
