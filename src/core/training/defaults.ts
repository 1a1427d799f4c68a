/**
 * Default settings. From the paper: 2 epochs and no loss on the prompt (section 4.1); it leaves the rest to the provider's
 * defaults of the time, so that is chosen here for models of each size.
 */
import { STANDARD_MODEL } from '../models/standard-model';
import { BUILT_IN } from '../models/stored-model';
import { LORA_TARGETS, type LoraTarget, type TrainingConfig, type TrainingMethod } from './training';

/** Epochs of the paper; the few seeds alone need more. */
const PAPER_EPOCHS = 2;
/** Queries and values: the authors of LoRA found most of the gain there, at a third of the cost of all matrices. */
const USUAL_TARGETS: readonly LoraTarget[] = ['q_proj', 'v_proj'];

const common = {
  epochs: PAPER_EPOCHS,
  batchSize: 8,
  warmupShare: 0.1,
  weightDecay: 0,
  clipNorm: 1,
  validateEvery: 20,
  sampleEvery: 40,
  checkpointEvery: 25,
  seed: 1,
} as const;

const methodOf = (kind: TrainingMethod['kind'], targets: readonly LoraTarget[]): TrainingMethod =>
  kind === 'full' ? { kind } : { kind, rank: 8, alpha: 16, targets };

/** @param baseId of the model, or `BUILT_IN` */
export function defaultConfig(baseId: string, kind: TrainingMethod['kind']): TrainingConfig {
  if (baseId.startsWith(BUILT_IN)) {
    // A model of 3 million parameters takes rates that would ruin a large one, and its matrices are cheap to adapt. The
    // rate of full finetuning was chosen on the 60 simple seed tasks (docs/benchmarks.md), never on held-out ones.
    const learningRate = kind === 'full' ? 3e-4 : 5e-3;
    return { ...common, method: methodOf(kind, LORA_TARGETS), learningRate, maxTokens: 256 };
  }
  if (baseId === STANDARD_MODEL.id && kind === 'lora') {
    // A small model learns little through two of seven matrices; it was seen to learn with these values.
    return { ...common, method: methodOf(kind, LORA_TARGETS), learningRate: 5e-4, maxTokens: 512 };
  }
  const learningRate = kind === 'full' ? 2e-5 : 2e-4;
  return { ...common, method: methodOf(kind, USUAL_TARGETS), learningRate, maxTokens: 512 };
}

/** The settings with adapters on the topmost layers alone; 0: on all. Full finetuning knows no such choice. */
export const onTopLayers = (config: TrainingConfig, topLayers: number): TrainingConfig =>
  config.method.kind === 'lora' && topLayers > 0
    ? { ...config, method: { ...config.method, topLayers } }
    : config;
