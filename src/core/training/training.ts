/** Finetuning as data: what is asked, what is told on the way, what is stored. The trainer itself is in `src/trainer`. */

/** Which weight matrices of a layer get an adapter, by their names in the Hugging Face layout. */
export type LoraTarget = 'q_proj' | 'k_proj' | 'v_proj' | 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

/** All weights, or adapters beside them (LoRA). */
export type TrainingMethod =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'lora';
      readonly rank: number;
      /** The update is scaled by alpha / rank. */
      readonly alpha: number;
      readonly targets: readonly LoraTarget[];
    };

/** Everything that decides what a finetuning gives, besides base model and examples. */
export interface TrainingConfig {
  readonly method: TrainingMethod;
  readonly epochs: number;
  /** Examples per step. */
  readonly batchSize: number;
  /** Highest learning rate, reached after the warm-up; from there a cosine to a tenth of it. */
  readonly learningRate: number;
  /** Share of all steps. */
  readonly warmupShare: number;
  readonly weightDecay: number;
  /** Gradients longer than this are shortened to it. */
  readonly clipNorm: number;
  /** Longest example in tokens, prompt and completion; longer ones are left out and counted. */
  readonly maxTokens: number;
  /** Validation loss is measured every so many steps, and at the end. */
  readonly validateEvery: number;
  /** Sample answers are written every so many steps; 0 = never. */
  readonly sampleEvery: number;
  /** The state is handed out for storage every so many steps, and when the run is paused. */
  readonly checkpointEvery: number;
  readonly seed: number;
}

/** A prompt and the completion to be learned. */
export interface TrainingExample {
  readonly prompt: string;
  /** Ends with the end-of-text token; the loss counts these tokens alone. */
  readonly completion: string;
}

/** Everything but the weights that a trainer needs to go on where it was. */
export interface TrainingPosition {
  /** Steps done. */
  readonly step: number;
}
/** A state of training as bytes: safetensors with the trained tensors and both moments of AdamW. */
export interface TrainingCheckpoint extends TrainingPosition {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What happens while a model is finetuned. */
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
      /** Where it computes, in words for people. */
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

/** Where a finetuning stands. */
export type TrainingStatus = 'running' | 'paused' | 'finished' | 'failed';

/** One point of a curve. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** A finetuning that was begun here: settings, curves and position. Written with each checkpoint. */
export interface TrainingRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly status: TrainingStatus;
  readonly baseModel: { readonly id: string; readonly name: string; readonly hash: string };
  readonly data: TrainingData;
  /** Examples that are trained on, and held-out ones that are asked. */
  readonly counts: { readonly training: number; readonly validation: number };
  /** Fingerprint of all examples: a training goes on only with the data that it began with. */
  readonly print: number;
  readonly config: TrainingConfig;
  /** What a short trial promised before it began; null when none was made. */
  readonly promised: { readonly seconds: number; readonly peakBytes: number } | null;
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  readonly tokens: number;
  readonly curve: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  readonly samples: readonly { readonly step: number; readonly prompt: string; readonly text: string }[];
  /** Why it stopped, in words, when `status` is `failed`. */
  readonly reason: string | null;
  /** The stored model that came of it; null until it is finished. */
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
}
