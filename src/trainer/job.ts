/** What a training job is, once its files are read and its examples are tokens. */
import { AppError } from '../core/errors';
import { BatchPlan, type BatchTensors, layOut } from '../core/training/batches';
import { type EncodedExample, encodeExample } from '../core/training/encoding';
import type { TrainingConfig, TrainingExample } from '../core/training/training';
import { openLlama, type OpenLlama } from '../weights/base-weights';
import { ModelTokenizer } from './tokenizer';
import type { TrainingJob } from './trainer';
import { WORDS } from './words';

/** A job whose files were read and whose examples are tokens; no weights are loaded yet. */
export interface OpenJob {
  readonly base: OpenLlama;
  readonly tokenizer: ModelTokenizer;
  readonly examples: readonly EncodedExample[];
  /** Examples left out because they are longer than `maxTokens` or the model's context. */
  readonly tooLong: number;
  readonly plan: BatchPlan;
  readonly batchSize: number;
  readonly steps: number;
  /** Batches of the validation set; empty without one. */
  readonly validation: readonly BatchTensors[];
  /** Tokens of the longest example, held-out ones too. */
  readonly longest: number;
  /** Tokens of one epoch, padding not counted. */
  readonly tokens: number;
}

/** @throws AppError bad-file when the files do not fit together, training-failed when no example is left */
export async function openJob(job: TrainingJob): Promise<OpenJob> {
  const base = await openLlama(job.base);
  const { config } = base;
  const tokenizer = ModelTokenizer.of(base.tokenizer, config);
  const settings: TrainingConfig = job.config;
  const longest = Math.min(settings.maxTokens, config.contextLength);
  const encode = (examples: readonly TrainingExample[]): EncodedExample[] =>
    examples.map((one) => encodeExample(one, tokenizer)).filter(({ ids }) => ids.length <= longest);
  const examples = encode(job.examples);
  if (examples.length === 0) {
    throw new AppError({
      kind: 'training-failed',
      step: 0,
      detail: WORDS.noExamples(job.examples.length, longest),
    });
  }
  const filled = settings.steps !== undefined;
  const batchSize = filled ? settings.batchSize : Math.max(1, Math.min(settings.batchSize, examples.length));
  const plan = new BatchPlan(examples, batchSize, settings.seed, { filled });
  const held = encode(job.validation);
  // Validation batches have the shapes of training where they fit, so that little is compiled for them.
  const asked =
    held.length > 0 ? new BatchPlan(held, batchSize, settings.seed, { known: plan.lengths }) : null;
  return {
    base,
    tokenizer,
    examples,
    tooLong: job.examples.length - examples.length,
    plan,
    batchSize,
    steps: settings.steps ?? plan.stepsPerEpoch * settings.epochs,
    validation: asked?.epoch(0).map((batch) => layOut(batch, batchSize, held)) ?? [],
    longest: [...examples, ...held].reduce((most, { ids }) => Math.max(most, ids.length - 1), 1),
    tokens: examples.reduce((sum, { ids }) => sum + ids.length - 1, 0),
  };
}
