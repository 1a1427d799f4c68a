/** Adapters of low rank: beside a matrix W [out, in] a narrow B [out, rank] times A [rank, in], scaled by alpha / rank. */
import { numpy as np } from '@jax-js/jax';
import { Random, deriveSeed } from '../core/random';
import type { LoraTarget, TrainingMethod } from '../core/training/training';
import { targetPath } from '../weights/adapter';
import { type LlamaConfig, llamaTensors } from '../weights/llama-config';

/** Of one layer, by `adapterName`. */
export type Adapters = Readonly<Record<string, np.Array>>;

/** The two parts as PEFT calls them. */
export const adapterName = (target: LoraTarget, part: 'A' | 'B'): string => `${target}.lora_${part}`;

/** alpha / rank, the factor of B A; 1 without an adapter. */
export const adapterScale = (method: TrainingMethod): number =>
  method.kind === 'lora' ? method.alpha / method.rank : 1;

/**
 * A fresh adapter changes nothing: B is 0, and A is drawn uniformly in +-1 / sqrt(in), as PEFT does.
 * @param layer counts from 0
 */
export function freshAdapters(
  config: LlamaConfig,
  method: Extract<TrainingMethod, { kind: 'lora' }>,
  layer: number,
  seed: number,
): Record<string, np.Array> {
  const shapes = llamaTensors(config);
  const adapters: Record<string, np.Array> = {};
  for (const target of method.targets) {
    const [out = 0, inner = 0] = shapes.get(`model.layers.${layer}.${targetPath(target)}.weight`) ?? [];
    const random = new Random(deriveSeed(seed, 'adapter', layer, target));
    const bound = 1 / Math.sqrt(inner);
    const values = Float32Array.from({ length: method.rank * inner }, () => bound * (2 * random.next() - 1));
    adapters[adapterName(target, 'A')] = np.array(values, { shape: [method.rank, inner] });
    adapters[adapterName(target, 'B')] = np.zeros([out, method.rank]);
  }
  return adapters;
}
