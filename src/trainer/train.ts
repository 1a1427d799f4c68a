/**
 * A training from beginning to end, without a worker or a page around it: what the trainer worker calls, and what runs in
 * Node just as well.
 */
import { AppError } from '../core/errors';
import { type BatchTensors, layOut } from '../core/training/batches';
import { learningRateAt } from '../core/training/schedule';
import type { TrainingEvent } from '../core/training/training';
import type { ComputeDevice } from './device';
import type { OpenJob } from './job';
import type { Learner } from './learner';
import { trainedModel, type TrainOptions, withLearner } from './open-learner';
import type { TrainedModel, TrainingJob } from './trainer';
import { WORDS } from './words';

type Listener = (event: TrainingEvent) => void | Promise<void>;

/** Tokens of a sample answer. */
const SAMPLE_TOKENS = 64;

/** Errors and signal as `Trainer.train`. */
export function trainModel(
  job: TrainingJob,
  signal: AbortSignal,
  onEvent: Listener,
  options: TrainOptions = {},
): Promise<TrainedModel> {
  return withLearner(job, signal, options, ({ open, learner, device }) =>
    new Training(job, open, learner, device, signal, onEvent).run(),
  );
}

class Training {
  /** Steps done, and the step whose state was handed out last. */
  #step = 0;
  #stored: number | null = null;
  /** Whether validation and samples of this step were made. */
  #looked = false;

  constructor(
    private readonly job: TrainingJob,
    private readonly open: OpenJob,
    private readonly learner: Learner,
    private readonly device: ComputeDevice,
    private readonly signal: AbortSignal,
    private readonly onEvent: Listener,
  ) {}

  async run(): Promise<TrainedModel> {
    const { job, open, learner } = this;
    const { config } = job;
    if (job.resume) {
      await learner.restore(job.resume);
      this.#step = job.resume.step;
      this.#stored = this.#step;
      this.#looked = job.resume.looked === true;
    }
    await this.onEvent({
      type: 'started',
      steps: open.steps,
      stepsPerEpoch: open.plan.stepsPerEpoch,
      examples: open.examples.length,
      tooLong: open.tooLong,
      tokens: open.tokens,
      trainedParameters: learner.trainedParameters,
      device: learner.runsOn,
    });
    const last = Math.min(open.steps, job.until ?? open.steps);
    try {
      // Whoever was stopped between a step and its validation gets that point of the curve now.
      if (!this.#looked) await this.#look(last);
      while (this.#step < last) {
        this.signal.throwIfAborted();
        await this.#train();
        await this.#look(last);
        // Last, so that a tab killed after it has all points of the curves.
        if (this.#isDue(config.checkpointEvery) && this.#step < last) await this.#handOut();
      }
      return await trainedModel(job, open, learner);
    } catch (error) {
      // A stopped training may resume later; on a lost device no state is left.
      if (this.signal.aborted && this.device.lost() === null) await this.#handOut();
      throw error;
    }
  }

  #isDue(every: number): boolean {
    return every > 0 && this.#step % every === 0;
  }

  /** Validation and samples, where they are due: before the first step, every so many steps, and at the last one. */
  async #look(last: number): Promise<void> {
    const { validateEvery, sampleEvery } = this.job.config;
    const always = this.#step === 0 || this.#step === last;
    // A stop does not wait for it; whoever resumes gets it then.
    this.signal.throwIfAborted();
    if (always || this.#isDue(validateEvery)) await this.#validate();
    if (sampleEvery > 0 && (always || this.#isDue(sampleEvery))) await this.#answer();
    this.#looked = true;
  }

  /** @throws AppError training-failed when loss or gradients are no longer numbers; the model is then as before */
  async #train(): Promise<void> {
    const { job, open } = this;
    const step = this.#step + 1;
    const started = performance.now();
    const batch = layOut(open.plan.at(step), open.batchSize, open.examples);
    const { loss, gradientNorm } = await this.learner.gradients(batch);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      await this.#handOut();
      const what = Number.isFinite(loss) ? WORDS.gradient : WORDS.loss;
      throw new AppError({ kind: 'training-failed', step, detail: WORDS.notANumber(what) });
    }
    const learningRate = learningRateAt(job.config, step, open.steps);
    const shrink = gradientNorm > job.config.clipNorm ? job.config.clipNorm / gradientNorm : 1;
    await this.learner.update(step, learningRate, shrink);
    this.#step = step;
    this.#looked = false;
    const seconds = (performance.now() - started) / 1000;
    await this.onEvent({
      type: 'step',
      step,
      loss,
      learningRate,
      gradientNorm,
      tokens: batch.tokenCount,
      seconds,
    });
  }

  async #validate(): Promise<void> {
    const { validation } = this.open;
    if (validation.length === 0) return;
    const loss = await meanLoss(this.learner, validation);
    await this.onEvent({ type: 'validation', step: this.#step, loss });
  }

  async #answer(): Promise<void> {
    const { tokenizer, base } = this.open;
    const room = base.config.contextLength - SAMPLE_TOKENS;
    const prompts = this.job.samplePrompts
      .map((prompt) => ({ prompt, ids: tokenizer.encodePrompt(prompt) }))
      .filter(({ ids }) => ids.length > 0 && ids.length <= room);
    if (prompts.length === 0) return;
    const answers = await this.learner.answer(
      prompts.map(({ ids }) => ids),
      { maxNewTokens: SAMPLE_TOKENS, endId: tokenizer.endId },
    );
    for (const [i, { prompt }] of prompts.entries()) {
      const text = tokenizer.decode(answers[i] ?? []);
      await this.onEvent({ type: 'sample', step: this.#step, prompt, text });
    }
  }

  /** Hands out the state as it is, unless that was done already. */
  async #handOut(): Promise<void> {
    if (this.#stored === this.#step) return;
    const checkpoint = await this.learner.checkpoint(this.#step);
    this.#stored = this.#step;
    await this.onEvent({ type: 'checkpoint', checkpoint: { ...checkpoint, looked: this.#looked } });
  }
}

/** Mean over completion tokens, in nats. */
async function meanLoss(learner: Learner, batches: readonly BatchTensors[]): Promise<number> {
  let sum = 0;
  let count = 0;
  for (const batch of batches) {
    sum += await learner.lossSum(batch);
    count += batch.positions.length;
  }
  return sum / count;
}
