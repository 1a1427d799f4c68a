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

type Lora = Extract<TrainingMethod, { kind: 'lora' }>;

/** The lowest layer that learns, counted from 0. */
export const firstTrained = ({ layers }: LlamaConfig, method: TrainingMethod): number =>
  method.kind === 'lora' && method.topLayers !== undefined ? Math.max(0, layers - method.topLayers) : 0;

/** Fresh numbers of A [rank, inner]: uniform in +-1 / sqrt(inner). */
export function freshDown(
  layer: number,
  target: LoraTarget,
  rank: number,
  inner: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const random = new Random(deriveSeed(seed, 'adapter', layer, target));
  const bound = 1 / Math.sqrt(inner);
  return Float32Array.from({ length: rank * inner }, () => bound * (2 * random.next() - 1));
}

/**
 * A fresh adapter changes nothing: B is 0, and A is drawn uniformly in +-1 / sqrt(in), as PEFT does.
 * @param layer counts from 0
 */
export function freshAdapters(
  config: LlamaConfig,
  method: Lora,
  layer: number,
  seed: number,
): Record<string, np.Array> {
  const shapes = llamaTensors(config);
  const adapters: Record<string, np.Array> = {};
  if (layer < firstTrained(config, method)) return adapters;
  for (const target of method.targets) {
    const [out = 0, inner = 0] = shapes.get(`model.layers.${layer}.${targetPath(target)}.weight`) ?? [];
    const values = freshDown(layer, target, method.rank, inner, seed);
    adapters[adapterName(target, 'A')] = np.array(values, { shape: [method.rank, inner] });
    adapters[adapterName(target, 'B')] = np.zeros([out, method.rank]);
  }
  return adapters;
}
