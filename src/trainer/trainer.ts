/** What a trainer does, seen from the page; `workers/trainer-client.ts` is the one behind it. */
import type {
  TrainingCheckpoint,
  TrainingConfig,
  TrainingEvent,
  TrainingExample,
} from '../core/training/training';
import type { BaseWeights } from '../weights/base-weights';

/** All that a training is made from. */
export interface TrainingJob {
  readonly base: BaseWeights;
  readonly examples: readonly TrainingExample[];
  /** Examples that are never trained on. */
  readonly validation: readonly TrainingExample[];
  readonly config: TrainingConfig;
  /** Prompts that are answered greedily every `sampleEvery` steps. */
  readonly samplePrompts: readonly string[];
  /** Where an earlier stretch of the same job stopped; null for a new one. */
  readonly resume: TrainingCheckpoint | null;
  /** Ends after this step with the model as it is then; the learning rate is that of the whole plan. */
  readonly until?: number;
}

/** What a training will take, measured on this device. */
export interface TrainingEstimate {
  readonly steps: number;
  /** Of one step, from a short trial on the longest batch and a typical one. */
  readonly secondsPerStep: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Highest number of bytes alive during a step, weights and optimizer included. */
  readonly peakBytes: number;
  readonly device: string;
}

/** The files of a trained model. */
export interface TrainedModel {
  /**
   * The base model with what it learned merged in: safetensors, F32, names as in the base. Null for an adapter on a GGUF
   * file: base and adapter are all there is to store, and what is written from them is merged then.
   */
  readonly weights: Blob | null;
  /** The adapter alone, tensors named as PEFT names them; null after full finetuning. */
  readonly adapter: Blob | null;
  readonly config: Blob;
  readonly tokenizer: Blob;
}

/**
 * One job at a time.
 * @throws AppError bad-file (weights, config or tokenizer do not fit), training-failed (loss is no longer a number;
 * the last good checkpoint was handed out before), device-lost, out-of-memory, worker-crashed
 */
export interface Trainer {
  estimate(job: TrainingJob, signal: AbortSignal): Promise<TrainingEstimate>;
  /** When stopped, a checkpoint event comes before the AbortError. */
  train(
    job: TrainingJob,
    signal: AbortSignal,
    onEvent: (event: TrainingEvent) => void | Promise<void>,
  ): Promise<TrainedModel>;
}
