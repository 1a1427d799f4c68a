/** What learns during a training: a model with its optimizer, on whatever computes it. */
import type { BatchTensors } from '../core/training/batches';
import type { TrainingCheckpoint } from '../core/training/training';
import type { TensorToWrite } from '../weights/safetensors';

/** Figures of one step. */
export interface StepResult {
  /** Mean over completion tokens, in nats. */
  readonly loss: number;
  /** Length of all gradients as one vector, before clipping. */
  readonly gradientNorm: number;
}

/** Where an answer ends. */
export interface DecodeLimits {
  readonly maxNewTokens: number;
  /** Ends an answer; it is not part of it. */
  readonly endId: number;
}

/** What was learned, as tensors for a file. */
export interface Learned {
  readonly kind: 'adapter' | 'whole';
  readonly tensors: readonly TensorToWrite[];
}

/** A model in training. One call at a time; each may throw what `breathe` throws, and then nothing was changed. */
export interface Learner {
  readonly trainedParameters: number;
  /** Where it runs, as shown to the user. */
  readonly runsOn: string;
  /**
   * Tokens that make a fair trial where any batch takes time by its tokens; then what a batch costs once, it costs for
   * each example. Null where each length of batch is compiled for itself: then a trial needs the very batches.
   */
  readonly trialTokens: number | null;
  /** Most bytes alive during a step. @param length of the longest batch, in tokens */
  peakBytes(rows: number, length: number): number;
  /** Gradients of a batch; they are kept until `update` or the next batch. */
  gradients(batch: BatchTensors): Promise<StepResult>;
  /** One step of AdamW with the gradients of the last batch. @param shrink what they are multiplied by, for clipping */
  update(step: number, learningRate: number, shrink: number): Promise<void>;
  /** The sum of -log p over the tokens that count. */
  lossSum(batch: BatchTensors): Promise<number>;
  /** Greedy answers as token ids. @param prompts token ids, at least one each */
  answer(prompts: readonly (readonly number[])[], limits: DecodeLimits): Promise<number[][]>;
  checkpoint(step: number): Promise<TrainingCheckpoint>;
  /** @throws AppError bad-file; nothing is changed then */
  restore(checkpoint: TrainingCheckpoint): Promise<void>;
  /** An adapter as PEFT stores it, or all weights after full finetuning, in F32. */
  learned(): Promise<Learned>;
  dispose(): void;
}

/** Called between layers; it may throw to stop. */
export type Breathe = () => Promise<void>;
