/** Learning by jax-js: on the GPU, and full finetuning on the CPU. */
import { numpy as np, tree } from '@jax-js/jax';
import type { BatchTensors } from '../core/training/batches';
import type { TrainingCheckpoint } from '../core/training/training';
import type { GroupState } from './adamw';
import { type LearnedState, readCheckpoint, STATE_PARTS, writeCheckpoint } from './checkpoint';
import { decodeGreedily } from './decode';
import type { Breathe, DecodeLimits, Learned, Learner, StepResult } from './learner';
import type { Tensor } from './llama';
import { peakBytes } from './memory';
import { StepRunner } from './step';
import type { TrainableLlama } from './trainable-llama';

type Grads = Record<string, Tensor>[];

export class JaxLearner implements Learner {
  readonly #runner: StepRunner;
  #grads: Grads | null = null;

  /** Owns the model from now on. */
  constructor(
    readonly model: TrainableLlama,
    weightDecay: number,
    private readonly breathe: Breathe,
    readonly runsOn: string,
  ) {
    this.#runner = new StepRunner(model, weightDecay, breathe);
  }

  readonly trialTokens = null;

  peakBytes(rows: number, length: number): number {
    return peakBytes(this.model.config, this.model.method, rows, length);
  }

  get trainedParameters(): number {
    return this.model.trainedParameters;
  }

  async gradients(batch: BatchTensors): Promise<StepResult> {
    this.#forget();
    const { loss, gradientNorm, grads } = await this.#runner.gradients(batch);
    this.#grads = grads;
    return { loss, gradientNorm };
  }

  async update(step: number, learningRate: number, shrink: number): Promise<void> {
    const grads = this.#grads;
    if (!grads) throw new Error('no gradients were computed');
    this.#grads = null;
    await this.#runner.update(grads, step, learningRate, shrink);
  }

  lossSum(batch: BatchTensors): Promise<number> {
    return this.#runner.lossSum(batch);
  }

  answer(prompts: readonly (readonly number[])[], limits: DecodeLimits): Promise<number[][]> {
    return decodeGreedily(this.#runner, prompts, limits, this.breathe);
  }

  checkpoint(step: number): Promise<TrainingCheckpoint> {
    const { model } = this;
    const learned = new Map(
      [...model.learned()].map((one) => [
        one.name,
        { ...one, shape: (model.states[one.group]?.parameters[one.key] as Tensor).shape },
      ]),
    );
    const read = async (name: string): Promise<LearnedState> => {
      const { group = 0, key = '' } = learned.get(name) ?? {};
      const state = model.states[group] as GroupState;
      const of = async (part: (typeof STATE_PARTS)[number]): Promise<Float32Array<ArrayBuffer>> =>
        (await (state[part][key] as Tensor).ref.data()) as Float32Array<ArrayBuffer>;
      return { parameters: await of('parameters'), first: await of('first'), second: await of('second') };
    };
    return writeCheckpoint(learned.values(), read, step);
  }

  async restore(checkpoint: TrainingCheckpoint): Promise<void> {
    const { model } = this;
    const learned = [...model.learned()].map((one) => ({
      ...one,
      shape: (model.states[one.group]?.parameters[one.key] as Tensor).shape,
    }));
    const read = await readCheckpoint(learned, checkpoint);
    const states: GroupState[] = model.states.map(() => ({ parameters: {}, first: {}, second: {} }));
    for (const { name, group, key, shape } of learned) {
      const state = read.get(name) as LearnedState;
      for (const part of STATE_PARTS) {
        (states[group] as GroupState)[part][key] = np.array(state[part], { shape: [...shape] });
      }
    }
    for (const [i, state] of states.entries()) {
      tree.dispose(model.states[i]);
      model.states[i] = state;
    }
  }

  async learned(): Promise<Learned> {
    const { model } = this;
    return { kind: model.full ? 'whole' : 'adapter', tensors: await model.learnedTensors() };
  }

  dispose(): void {
    this.#forget();
    this.#runner.dispose();
    this.model.dispose();
  }

  #forget(): void {
    if (this.#grads) tree.dispose(this.#grads);
    this.#grads = null;
  }
}
