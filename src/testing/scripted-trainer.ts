/**
 * A trainer that computes nothing: its loss is a formula of the step and its checkpoint holds the step. It keeps the
 * rules of a real one: a checkpoint before it stops, a resume at the step after the checkpoint.
 */
import { AppError } from '../core/errors';
import type { TrainingEvent } from '../core/training/training';
import type { TrainedModel, Trainer, TrainingEstimate, TrainingJob } from '../trainer/trainer';

export interface TrainerScript {
  /** Awaited before each step; what it throws ends the training as a crash would. */
  readonly before?: (step: number, attempt: number) => Promise<void> | void;
  /** Steps of an epoch; from the examples otherwise. */
  readonly stepsPerEpoch?: number;
  readonly estimate?: () => Promise<TrainingEstimate>;
}
export const scriptedLoss = (step: number): number => 1 + 3 / step;

export class ScriptedTrainer implements Trainer {
  /** Jobs as they came. */
  readonly jobs: TrainingJob[] = [];
  constructor(private readonly script: TrainerScript = {}) {}

  async estimate(job: TrainingJob, signal: AbortSignal): Promise<TrainingEstimate> {
    this.jobs.push(job);
    const given = await this.script.estimate?.();
    signal.throwIfAborted();
    const steps = this.#stepsPerEpoch(job) * job.config.epochs;
    return (
      given ?? {
        steps,
        secondsPerStep: 0.5,
        seconds: 0.5 * steps,
        tokensPerSecond: 600,
        peakBytes: 230_000_000,
        device: 'scripted',
      }
    );
  }

  async train(
    job: TrainingJob,
    signal: AbortSignal,
    onEvent: (event: TrainingEvent) => void | Promise<void>,
  ): Promise<TrainedModel> {
    this.jobs.push(job);
    const attempt = this.jobs.length;
    const { config, examples, validation, samplePrompts, resume } = job;
    const stepsPerEpoch = this.#stepsPerEpoch(job);
    const steps = stepsPerEpoch * config.epochs;
    await onEvent({
      type: 'started',
      steps,
      stepsPerEpoch,
      examples: examples.length,
      tooLong: 0,
      tokens: 40 * examples.length,
      trainedParameters: 1_000,
      device: 'scripted',
    });
    const checkpoint = (step: number): void | Promise<void> =>
      onEvent({ type: 'checkpoint', checkpoint: { step, bytes: Uint8Array.of(step & 255, step >> 8) } });
    const look = async (step: number): Promise<void> => {
      if (validation.length > 0) await onEvent({ type: 'validation', step, loss: scriptedLoss(step) + 0.1 });
    };
    for (let step = (resume?.step ?? 0) + 1; step <= Math.min(steps, job.until ?? steps); step++) {
      await this.script.before?.(step, attempt);
      if (signal.aborted) {
        await checkpoint(step - 1);
        signal.throwIfAborted();
      }
      const figures = { loss: scriptedLoss(step), learningRate: config.learningRate, gradientNorm: 1 };
      await onEvent({ type: 'step', step, ...figures, tokens: 160, seconds: 0.5 });
      if (step % config.validateEvery === 0 || step === steps) await look(step);
      if (config.sampleEvery > 0 && step % config.sampleEvery === 0) {
        for (const prompt of samplePrompts) {
          await onEvent({ type: 'sample', step, prompt, text: `an answer at step ${step}` });
        }
      }
      if (step % config.checkpointEvery === 0) await checkpoint(step);
    }
    const base =
      'gguf' in job.base ? { config: job.base.gguf, tokenizer: job.base.gguf, weights: null } : job.base;
    const adapter = config.method.kind === 'lora' ? new Blob(['adapter']) : null;
    return { weights: base.weights, adapter, config: base.config, tokenizer: base.tokenizer };
  }

  #stepsPerEpoch({ examples, config }: TrainingJob): number {
    return this.script.stepsPerEpoch ?? Math.ceil(examples.length / config.batchSize);
  }
}
/** A worker that died. */
export const crashed = (): AppError =>
  new AppError({ kind: 'worker-crashed', worker: 'trainer', detail: 'RuntimeError: unreachable' });
