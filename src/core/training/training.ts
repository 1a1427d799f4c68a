/** Finetuning as data: settings, events and stored records. The trainer is in `src/trainer`. */

/** Which weight matrices of a layer get an adapter, by their names in the Hugging Face layout. */
export const LORA_TARGETS = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

/** All weights, or adapters beside them (LoRA). */
export type TrainingMethod =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'lora';
      readonly rank: number;
      /** The update is scaled by alpha / rank. */
      readonly alpha: number;
      readonly targets: readonly LoraTarget[];
      /**
       * Only so many of the highest layers get adapters; what reaches the lowest of them is computed once for each
       * example. Missing: all layers.
       */
      readonly topLayers?: number;
    };

/** Everything that determines a finetuning's result, besides base model and examples. */
export interface TrainingConfig {
  readonly method: TrainingMethod;
  readonly epochs: number;
  /**
   * Just so many steps, whatever the number of examples, each of `batchSize` of them: trainings on data of different sizes
   * are compared at equal steps and equally many examples seen. Missing: as many steps as `epochs` take.
   */
  readonly steps?: number;
  /** Examples per step. */
  readonly batchSize: number;
  /** Peak learning rate, reached after the warm-up; then a cosine down to a tenth of it. */
  readonly learningRate: number;
  /** Share of all steps. */
  readonly warmupShare: number;
  readonly weightDecay: number;
  /** Gradient clipping: the largest norm of all gradients. */
  readonly clipNorm: number;
  /** Longest example in tokens, prompt and completion; longer ones are left out and counted. */
  readonly maxTokens: number;
  /** Validation loss is measured every so many steps, and at the end. */
  readonly validateEvery: number;
  /** Sample completions are generated every so many steps; 0 = never. */
  readonly sampleEvery: number;
  /** A checkpoint is made every so many steps, and when the training is paused. */
  readonly checkpointEvery: number;
  readonly seed: number;
}

/** A prompt and the completion to be learned. */
export interface TrainingExample {
  readonly prompt: string;
  /** Ends with the end-of-text token; the loss counts these tokens alone. */
  readonly completion: string;
}

/** A state of training as bytes: safetensors with the trained tensors and both moments of AdamW. */
export interface TrainingCheckpoint {
  /** Steps done. */
  readonly step: number;
  /** Whether the validation and the samples that are due at this step were made. Old checkpoints do not say. */
  readonly looked?: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What happens during a finetuning. */
export type TrainingEvent =
  | {
      readonly type: 'started';
      readonly steps: number;
      readonly stepsPerEpoch: number;
      readonly examples: number;
      /** Examples left out because they are longer than `maxTokens`. */
      readonly tooLong: number;
      /** Tokens of one epoch, padding not counted. */
      readonly tokens: number;
      readonly trainedParameters: number;
      /** Where it runs, as shown to the user. */
      readonly device: string;
    }
  | {
      readonly type: 'step';
      /** Counts from 1. */
      readonly step: number;
      /** Mean over completion tokens, in nats. */
      readonly loss: number;
      readonly learningRate: number;
      readonly gradientNorm: number;
      /** Tokens of this step, padding not counted. */
      readonly tokens: number;
      readonly seconds: number;
    }
  | { readonly type: 'validation'; readonly step: number; readonly loss: number }
  | { readonly type: 'sample'; readonly step: number; readonly prompt: string; readonly text: string }
  | { readonly type: 'checkpoint'; readonly checkpoint: TrainingCheckpoint };

/** State of a finetuning. */
export type TrainingStatus = 'running' | 'paused' | 'finished' | 'failed';

/** One point of a curve. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** A finetuning started here: settings, curves and position. Written with each checkpoint. */
export interface TrainingRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly status: TrainingStatus;
  readonly baseModel: { readonly id: string; readonly name: string; readonly hash: string };
  readonly data: TrainingData;
  /** Training examples, and held-out ones for validation. */
  readonly counts: { readonly training: number; readonly validation: number };
  /** Fingerprint of all examples: a training resumes only with the same data. */
  readonly print: number;
  readonly config: TrainingConfig;
  /** The estimate of a short trial before it began; null without one. */
  readonly promised: { readonly seconds: number; readonly peakBytes: number } | null;
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  readonly tokens: number;
  readonly curve: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  readonly samples: readonly { readonly step: number; readonly prompt: string; readonly text: string }[];
  /** Why it stopped, for the user, when `status` is `failed`. */
  readonly reason: string | null;
  /** The resulting stored model; null until it is finished. */
  readonly modelId: string | null;
}

/** What a model is finetuned on; enough to build the same examples again when it is resumed. */
export interface TrainingData {
  readonly source: 'run' | 'seeds' | 'run-and-seeds';
  /** The run (generated here or imported) whose rows or seeds are used. */
  readonly runId: string;
  readonly name: string;
  /** Share of the instructions held out for validation. */
  readonly heldOutShare: number;
  /** At most so many examples, drawn by the seed; null = all. */
  readonly limit: number | null;
  /** Share of the machine tasks that are used, drawn by instruction: a smaller share is part of a larger one. Missing: all. */
  readonly machineShare?: number;
  /**
   * Id of an evaluation of the run's own tasks: what its first model answered is the output of each machine task, a task
   * without a whole answer is left out. Missing: the outputs of the run.
   */
  readonly answers?: string;
}
