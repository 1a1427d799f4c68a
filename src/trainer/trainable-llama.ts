/** The weights of a Llama that is trained: what is frozen, what is learned, and both moments of the optimizer. */
import { numpy as np, tree } from '@jax-js/jax';
import type { LoraTarget, TrainingMethod } from '../core/training/training';
import { adapterTensor } from '../weights/adapter';
import { badFile } from '../weights/bad-file';
import { type LlamaConfig, llamaTensors } from '../weights/llama-config';
import type { LlamaWeights } from '../weights/llama-weights';
import type { TensorToWrite } from '../weights/safetensors';
import { type GroupState, zerosLike } from './adamw';
import type { LayerWeights, Tensor } from './llama';
import { type Adapters, freshAdapters, firstTrained } from './lora';
import { WORDS } from './words';

type Group = Record<string, Tensor>;
/** The tensors outside of the layers: `embed` and `output` [vocabSize, hiddenSize], `norm` [hiddenSize]. */
export interface EndWeights {
  readonly embed: Tensor;
  readonly norm: Tensor;
  /** The same tensor as `embed` in a model with tied embeddings. */
  readonly output: Tensor;
}

/** Short names of the tensors outside of the layers, and where they lie in the file. */
const END_NAMES: Readonly<Record<string, string>> = {
  embed_tokens: 'model.embed_tokens.weight',
  norm: 'model.norm.weight',
  lm_head: 'lm_head.weight',
};
/** `self_attn.q_proj.weight` to `q_proj`. */
const shortName = (name: string): string => name.split('.').at(-2) ?? name;

/** The weights of a Llama on the device, with what is learned kept apart from what is frozen. */
export class TrainableLlama {
  /** What is learned, group by group: the layers, and after full finetuning the two ends. */
  readonly states: GroupState[];
  readonly #frozen: readonly Group[];
  readonly #paths: readonly ReadonlyMap<string, string>[];

  private constructor(
    readonly config: LlamaConfig,
    readonly method: TrainingMethod,
    base: readonly Group[],
    paths: readonly ReadonlyMap<string, string>[],
    seed: number,
  ) {
    this.#paths = paths;
    if (method.kind === 'full') {
      this.#frozen = [];
      this.states = base.map(fresh);
    } else {
      this.#frozen = base;
      this.states = Array.from({ length: config.layers }, (_, layer) =>
        fresh(freshAdapters(config, method, layer, seed)),
      );
    }
  }

  /** @throws AppError bad-file when tensors are missing or have another shape, or numbers in them are none */
  static async load(
    config: LlamaConfig,
    weights: LlamaWeights,
    method: TrainingMethod,
    seed: number,
  ): Promise<TrainableLlama> {
    const groups: Group[] = Array.from({ length: config.layers + 1 }, () => ({}));
    const paths = groups.map(() => new Map<string, string>());
    for (const [name, shape] of llamaTensors(config)) {
      const values = await weights.readTensor(name);
      if (!values.every(Number.isFinite)) throw badFile(WORDS.badWeights(name));
      const layer = /^model\.layers\.(\d+)\./u.exec(name)?.[1];
      const group = layer === undefined ? config.layers : Number(layer);
      const short = shortName(name);
      (groups[group] as Group)[short] = np.array(values, { shape: [...shape] });
      paths[group]?.set(short, name);
    }
    return new TrainableLlama(config, method, groups, paths, seed);
  }

  /** The lowest layer that learns. */
  get first(): number {
    return firstTrained(this.config, this.method);
  }

  get full(): boolean {
    return this.method.kind === 'full';
  }

  get trainedParameters(): number {
    const sizes = this.states.flatMap(({ parameters }) => Object.values(parameters).map(({ size }) => size));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Still owned by this object, as all that follows: take `.ref` before use. */
  layer(index: number): LayerWeights {
    return (this.full ? this.states[index]?.parameters : this.#frozen[index]) as unknown as LayerWeights;
  }

  adapters(index: number): Adapters {
    return this.full ? {} : (this.states[index]?.parameters ?? {});
  }

  get ends(): EndWeights {
    const last = this.config.layers;
    const group = (this.full ? this.states[last]?.parameters : this.#frozen[last]) as Group;
    const embed = group['embed_tokens'] as Tensor;
    return { embed, norm: group['norm'] as Tensor, output: group['lm_head'] ?? embed };
  }

  /** What is learned, by names for files, with both moments. */
  *learned(): Generator<{ name: string; group: number; key: string }> {
    for (const [group, { parameters }] of this.states.entries()) {
      for (const key of Object.keys(parameters)) yield { name: this.#nameOf(group, key), group, key };
    }
  }

  /** An adapter as PEFT stores it; after full finetuning all weights, named as in the base. F32. */
  async learnedTensors(): Promise<TensorToWrite[]> {
    const tensors: TensorToWrite[] = [];
    for (const { name, group, key } of this.learned()) {
      const tensor = this.states[group]?.parameters[key] as Tensor;
      tensors.push(await toWrite(name, tensor.ref));
    }
    return tensors;
  }

  dispose(): void {
    for (const state of this.states) tree.dispose(state);
    for (const group of this.#frozen) tree.dispose(group);
  }

  #nameOf(group: number, key: string): string {
    if (this.full) return this.#paths[group]?.get(key) ?? END_NAMES[key] ?? key;
    const [target = '', part = ''] = key.split('.');
    return adapterTensor(group, target as LoraTarget, part === 'lora_A' ? 'A' : 'B');
  }
}

const fresh = (parameters: Group): GroupState => ({
  parameters,
  first: zerosLike(parameters),
  second: zerosLike(parameters),
});

/** A tensor as safetensors stores it. Consumes the tensor. */
async function toWrite(name: string, tensor: Tensor): Promise<TensorToWrite> {
  const shape = [...tensor.shape];
  const values = (await tensor.data()) as Float32Array<ArrayBuffer>;
  return {
    name,
    shape,
    dtype: 'F32',
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}
