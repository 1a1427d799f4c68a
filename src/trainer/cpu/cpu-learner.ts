/**
 * LoRA of a Llama on the CPU, with kernels of our own. The base model stays in memory as its file stores it and is
 * widened matrix by matrix; a batch is worked on in shares without padding, whose gradients are added in one order, so
 * that the result does not depend on the number of threads.
 */
import type { BatchTensors } from '../../core/training/batches';
import { RUNS_ON } from '../../core/models/runs-on';
import type { TrainingCheckpoint, TrainingMethod } from '../../core/training/training';
import { bytesOf } from '../../weights/conversion';
import type { LlamaConfig } from '../../weights/llama-config';
import type { LlamaWeights } from '../../weights/llama-weights';
import type { TensorToWrite } from '../../weights/safetensors';
import { type LearnedState, readCheckpoint, type StatePart, writeCheckpoint } from '../checkpoint';
import type { Breathe, DecodeLimits, Learned, Learner, StepResult } from '../learner';
import { corrections } from '../optimizer';
import { Boundaries, MOST_KEPT_BYTES } from './boundaries';
import { CpuAnswers } from './cpu-answers';
import { type Kernels, startKernels } from './kernels';
import { type LoadedModel, loadModel } from './load-model';
import { type AdapterPlace, SHARE_TOKENS, sharePanels } from './model-plan';
import { type Sequence, sequencesOf, type BatchShare, sharesOf } from './share';
import type { Boundary } from './share-pass';
import { ThreadTeam } from './thread-team';

/** What a tab may take, model and threads together. */
const MOST_BYTES = 1_100_000_000;

/** What a learner is made for. */
export interface CpuLearnerSettings {
  readonly method: Extract<TrainingMethod, { kind: 'lora' }>;
  readonly seed: number;
  readonly weightDecay: number;
  /** Tokens of the longest example, validation too. */
  readonly longest: number;
  /** At most so many threads. */
  readonly threads: number;
}

export class CpuLearner implements Learner {
  readonly #kernels: Kernels;
  readonly #floats: Float32Array<SharedArrayBuffer>;
  readonly #team: ThreadTeam;
  readonly #answers: CpuAnswers;
  readonly #boundaries = new Boundaries();
  readonly #sharePanels: number;

  private constructor(
    private readonly model: LoadedModel,
    private readonly settings: CpuLearnerSettings,
    breathe: Breathe,
  ) {
    const { memory, plan, threads } = model;
    this.#kernels = startKernels(memory);
    this.#floats = new Float32Array(memory.buffer as unknown as SharedArrayBuffer);
    this.#team = new ThreadTeam(model, breathe);
    this.#answers = new CpuAnswers(this.#kernels, memory, plan, threads[0] as never, breathe);
    this.#sharePanels = sharePanels(settings.longest);
  }

  /** @param breathe is called between layers; it may throw to stop before anything was changed */
  static async open(
    config: LlamaConfig,
    weights: LlamaWeights,
    settings: CpuLearnerSettings,
    breathe: Breathe,
  ): Promise<CpuLearner> {
    const { method, seed, longest, threads } = settings;
    const model = await loadModel(config, weights, method, seed, longest, threads, MOST_BYTES);
    return new CpuLearner(model, settings, breathe);
  }

  get trainedParameters(): number {
    return this.model.plan.learned;
  }

  get runsOn(): string {
    return RUNS_ON.cpu(this.#team.threads);
  }

  get trialTokens(): number {
    return SHARE_TOKENS * this.#team.threads;
  }

  /** The memory that the model and all threads share, whatever the batch, and what is kept of the frozen layers. */
  peakBytes(): number {
    const kept = this.model.plan.first > 0 ? MOST_KEPT_BYTES : 0;
    return this.model.memory.buffer.byteLength + kept;
  }

  async gradients(batch: BatchTensors): Promise<StepResult> {
    const { model } = this;
    const { plan } = model;
    const from = model.gradients / 4;
    this.#floats.fill(0, from, from + plan.learned);
    const count = Math.max(batch.positions.length, 1);
    let sum = 0;
    const jobs = await this.#prepared(batch);
    await this.#team.run(
      jobs.map(([share, boundary]) => ({ kind: 'gradients', share, boundary, weight: 1 / count })),
      ({ lossSum }, _, thread) => {
        sum += lossSum;
        this.#kernels.add(model.gradients, thread.gradients, plan.learned);
      },
    );
    const squares = this.#kernels.sumOfSquares(model.gradients, plan.learned);
    return { loss: sum / count, gradientNorm: Math.sqrt(squares) };
  }

  update(step: number, learningRate: number, shrink: number): Promise<void> {
    const { plan, first, second, gradients } = this.model;
    this.#kernels.adamW(
      ...([plan.parameters, gradients, first, second, plan.learned] as const),
      ...([learningRate, shrink, ...corrections(step), this.settings.weightDecay] as const),
    );
    return Promise.resolve();
  }

  async lossSum(batch: BatchTensors): Promise<number> {
    let sum = 0;
    const jobs = await this.#prepared(batch);
    await this.#team.run(
      jobs.map(([share, boundary]) => ({ kind: 'loss', share, boundary })),
      ({ lossSum }) => (sum += lossSum),
    );
    return sum;
  }

  answer(prompts: readonly (readonly number[])[], limits: DecodeLimits): Promise<number[][]> {
    return this.#answers.answer(prompts, limits);
  }

  checkpoint(step: number): Promise<TrainingCheckpoint> {
    const places = new Map(this.model.plan.adapters.map((place) => [place.name, place]));
    return writeCheckpoint(places.values(), (name) => this.#state(places.get(name) as AdapterPlace), step);
  }

  async restore(checkpoint: TrainingCheckpoint): Promise<void> {
    const { adapters } = this.model.plan;
    const states = await readCheckpoint(adapters, checkpoint);
    for (const { name, offset } of adapters) {
      const state = states.get(name) as LearnedState;
      for (const [part, at] of this.#parts()) this.#floats.set(state[part], at / 4 + offset);
    }
  }

  learned(): Promise<Learned> {
    const tensors = this.model.plan.adapters.map((place): TensorToWrite => {
      const { parameters } = this.#state(place);
      return { name: place.name, shape: place.shape, dtype: 'F32', bytes: bytesOf(parameters) };
    });
    return Promise.resolve({ kind: 'adapter', tensors });
  }

  dispose(): void {
    this.#team.dispose();
  }

  #parts(): readonly (readonly [StatePart, number])[] {
    const { plan, first, second } = this.model;
    return [
      ['parameters', plan.parameters],
      ['first', first],
      ['second', second],
    ];
  }

  #state({ offset, shape: [rows, columns] }: AdapterPlace): LearnedState {
    const of = (at: number): Float32Array<ArrayBuffer> =>
      new Float32Array(this.#floats.subarray(at / 4 + offset, at / 4 + offset + rows * columns));
    const { plan, first, second } = this.model;
    return { parameters: of(plan.parameters), first: of(first), second: of(second) };
  }

  /** The shares of a batch with what reaches the lowest layer that learns; what is not known is computed first. */
  async #prepared(batch: BatchTensors): Promise<readonly (readonly [BatchShare, Boundary])[]> {
    const sequences = sequencesOf(batch);
    const known = new Map<Sequence, Boundary[number]>();
    for (const sequence of sequences) {
      const kept = this.#boundaries.get(sequence);
      if (kept) known.set(sequence, kept);
    }
    const unknown = sequences.filter((sequence) => !known.has(sequence));
    const shares = sharesOf(unknown, this.#sharePanels);
    await this.#team.run(
      shares.map((share) => ({ kind: 'below', share })),
      ({ boundary }, index) => {
        for (const [i, sequence] of (shares[index] as BatchShare).entries()) {
          known.set(sequence, boundary[i] as Boundary[number]);
        }
      },
    );
    if (this.model.plan.first > 0) {
      for (const sequence of unknown) this.#boundaries.keep(sequence, known.get(sequence) as never);
    }
    return sharesOf(sequences, this.#sharePanels).map((share) => [
      share,
      share.map((sequence) => known.get(sequence) as Boundary[number]),
    ]);
  }
}
