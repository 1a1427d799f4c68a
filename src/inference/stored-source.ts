/**
 * Models in this device's store that llama.cpp computes: GGUF files from disk or the net, and those finetuned here. The larger
 * ones are computed on the GPU where there is one, but only when it answers as the CPU does.
 */
import { AppError, type Failure } from '../core/errors';
import type { AnswerPlace } from '../core/models/answer-places';
import { gainsFromGpu } from '../core/models/capacity';
import type { GpuFacts } from '../core/models/device-report';
import { computedBytes, type ModelInfo, type StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { GpuTrust } from './gpu-trust';
import { ggufOf, isGguf } from '../models/model-weights';
import type { ModelStore } from '../models/model-store';
import type { GgufFile } from '../weights/base-weights';
import { LlamaModel, type LlamaSpec } from './llama-model';
import { llamaOptions, forGpu } from './llama-options';
import { type LlamaCalls, LlamaConnection } from './llama-connection';
import type { ModelSource, OpenModel } from './model-source';
import { startModel } from './start-model';
import { unlessStopped } from './unless-stopped';
import { WORDS } from './words';

/** Failures that would recur and take long to detect, or mean wrong results; others are tried again at the next load. */
const LASTING: ReadonlySet<Failure['kind']> = new Set(['self-test-failed', 'engine-timeout']);

/** One model to be opened. */
interface Opening {
  readonly spec: LlamaSpec;
  readonly weights: GgufFile;
  readonly options: WllamaLoadOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export class StoredSource implements ModelSource {
  constructor(
    private readonly store: Pick<ModelStore, 'list' | 'get' | 'file'>,
    private readonly threads: number,
    private readonly gpuTrust: GpuTrust,
    private readonly connect: () => LlamaCalls = () => new LlamaConnection(),
  ) {}

  async list(): Promise<readonly ModelInfo[]> {
    const models = (await this.store.list()).filter(isGguf);
    return Promise.all(models.map((model) => this.#described(model)));
  }

  async find(id: string): Promise<ModelInfo | null> {
    const stored = await this.store.get(id);
    return stored && isGguf(stored) ? this.#described(stored) : null;
  }

  /** With where it will run. For a model that gains nothing from a GPU, none is looked for. */
  async #described(model: StoredModel): Promise<ModelInfo> {
    const gpu = gainsFromGpu(computedBytes(model)) ? await this.gpuTrust.used() : null;
    if (gpu === null || (await this.gpuTrust.hasFailed(model.hash, gpu))) return model;
    return { ...model, onGpu: true };
  }

  async open(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (typeof WebAssembly === 'undefined') throw new AppError({ kind: 'webassembly-missing' });
    // It lies on disk; the engine copies it piece by piece.
    const weights = await this.#weights(model);
    const { id, name, hash, style } = model;
    const spec = { id, name, style, sha256: hash, knownAnswer: null };
    // The size that the settings of a run were made for.
    const bytes = computedBytes(model) ?? weights.gguf.size;
    const opening = { spec, weights, options: llamaOptions(bytes, this.threads), signal, onProgress };
    const gpu = gainsFromGpu(bytes) ? await this.gpuTrust.used() : null;
    if (gpu === null) return this.#loadOnCpu(opening);
    if (await this.gpuTrust.hasFailed(hash, gpu)) return this.#loadOnCpu(opening, WORDS.notes.failedBefore);
    const there = await this.#loadOnGpu(opening, gpu);
    return there instanceof LlamaModel ? there : this.#loadOnCpu(opening, noteOf(there, gpu));
  }

  async #weights({ id }: ModelInfo): Promise<GgufFile> {
    const stored = await this.store.get(id);
    if (!stored) throw new AppError({ kind: 'model-not-here', model: id });
    return ggufOf(this.store, stored);
  }

  #loadOnCpu({ spec, weights, options, signal, onProgress }: Opening, note?: string): Promise<LlamaModel> {
    onProgress({ label: WORDS.progress.starting, done: 0, total: null });
    const notes = note === undefined ? [] : [note];
    const model = new LlamaModel({ ...spec, notes }, weights, options, { connect: this.connect });
    return startModel(model, () => model.start(onProgress), signal);
  }

  /**
   * Loads the model on the GPU and compares its results with the CPU's.
   * @returns the failure when the GPU cannot be used
   * @throws AppError when the model cannot run at all; AbortError
   */
  async #loadOnGpu(opening: Opening, gpu: GpuFacts): Promise<LlamaModel | Failure> {
    const { spec, weights, options, signal, onProgress } = opening;
    const cpuAnswer = await this.#cpuAnswer(opening).catch(onlyUnanswered);
    if (cpuAnswer === null) {
      await this.gpuTrust.noteFailure(spec.sha256, gpu);
      return { kind: 'self-test-failed', expected: WORDS.failures.cpuAnswer, got: WORDS.failures.none };
    }
    onProgress({ label: WORDS.progress.startingOnGpu, done: 0, total: null });
    const model = new LlamaModel({ ...spec, cpuAnswer }, weights, forGpu(options), {
      connect: this.connect,
    });
    try {
      return await startModel(model, () => model.start(onProgress), signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (LASTING.has(error.failure.kind)) await this.gpuTrust.noteFailure(spec.sha256, gpu);
      return error.failure;
    }
  }

  /** Computed once per model and stored: the CPU gives the same bits every time. */
  async #cpuAnswer({ spec, weights, options, signal, onProgress }: Opening): Promise<readonly AnswerPlace[]> {
    const known = await this.gpuTrust.cpuAnswer(spec.sha256);
    if (known) return known;
    onProgress({ label: WORDS.progress.cpuAnswer, done: 0, total: null });
    const connection = this.connect();
    try {
      const work = connection.compare(weights, { ...options, parallel: 1, tryThreads: [] }, () => undefined);
      const { places } = await unlessStopped(work, signal);
      await this.gpuTrust.keepCpuAnswer(spec.sha256, places);
      return places;
    } finally {
      connection.terminate();
    }
  }
}

/** A model that loads but cannot answer the test question can be used, but not compared. */
function onlyUnanswered(error: unknown): null {
  if (error instanceof AppError && error.failure.kind === 'engine-failed') return null;
  throw error;
}

/** Why the model runs on the CPU. */
function noteOf({ kind }: Failure, { name }: GpuFacts): string {
  switch (kind) {
    case 'self-test-failed':
      return WORDS.notes.differs(name);
    case 'engine-timeout':
      return WORDS.notes.hung(name);
    case 'out-of-memory':
      return WORDS.notes.memory(name);
    default:
      return WORDS.notes.unusable(name);
  }
}
