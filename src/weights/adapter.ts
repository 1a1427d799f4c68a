/**
 * LoRA adapters as files in PEFT's format (adapter_config.json, adapter_model.safetensors), which transformers loads on
 * top of the base model.
 */
import type { LoraTarget, TrainingMethod } from '../core/training/training';
import { type LlamaConfig, llamaTensors } from './llama-config';

/** PEFT's name of an adapter's settings; that of its weights is with the files of stored models. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';

/** `A` is [rank, in], `B` is [out, rank]; what is learned is alpha / rank * B A. */
export type AdapterSide = 'A' | 'B';
type Lora = Extract<TrainingMethod, { kind: 'lora' }>;

const PREFIX = 'base_model.model.';

/** alpha / rank, the factor of B A; 1 without an adapter. */
export const adapterScale = (method: TrainingMethod): number =>
  method.kind === 'lora' ? method.alpha / method.rank : 1;

/** Where a target's matrix is in a layer, in the Hugging Face layout. */
export const targetPath = (target: LoraTarget): string =>
  `${/^[qkvo]_/u.test(target) ? 'self_attn' : 'mlp'}.${target}`;
const matrixName = (layer: number, target: LoraTarget): string =>
  `model.layers.${layer}.${targetPath(target)}`;

/** PEFT's name of one side of an adapter. */
export const adapterTensor = (layer: number, target: LoraTarget, side: AdapterSide): string =>
  `${PREFIX}${matrixName(layer, target)}.lora_${side}.weight`;

/** Names and shapes of all tensors of such an adapter. */
export function adapterTensors(config: LlamaConfig, lora: Lora): ReadonlyMap<string, readonly number[]> {
  const base = llamaTensors(config);
  const shapes = new Map<string, readonly number[]>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const [out, input] = base.get(`${matrixName(layer, target)}.weight`) as readonly [number, number];
      shapes.set(adapterTensor(layer, target, 'A'), [lora.rank, input]);
      shapes.set(adapterTensor(layer, target, 'B'), [out, lora.rank]);
    }
  }
  return shapes;
}

/**
 * @param baseModel Name or address of the model that the adapter belongs on.
 * @param layers Number of its layers.
 */
export function adapterConfig(lora: Lora, baseModel: string, layers: number): string {
  const { topLayers } = lora;
  const lowest = topLayers === undefined ? 0 : Math.max(0, layers - topLayers);
  const config = {
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: lowest > 0 ? 'layers' : null,
    layers_to_transform: lowest > 0 ? Array.from({ length: layers - lowest }, (_, i) => lowest + i) : null,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: lora.rank,
    revision: null,
    target_modules: lora.targets,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
