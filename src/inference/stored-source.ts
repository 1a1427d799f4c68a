/**
 * Models in this device's store that llama.cpp computes: GGUF files from disk or the net, and those finetuned here. The larger
 * ones are computed on the graphics processor where there is one, but only when it answers as the processor does.
 */
import { AppError, type Failure } from '../core/errors';
import type { AnswerPlace } from '../core/models/answer-places';
import { gainsFromGraphics } from '../core/models/capacity';
import type { GpuFacts } from '../core/models/device-report';
import { GGUF_FILE, type ModelInfo, type StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { GpuTrust } from './gpu-trust';
import type { ModelStore } from '../models/model-store';
import { LlamaModel, type LlamaSpec } from './llama-model';
import { llamaOptions, onGraphics } from './llama-options';
import { type LlamaCalls, LlamaConnection } from './llama-connection';
import type { ModelSource, OpenModel } from './model-source';
import { startModel } from './start-model';
import { unlessStopped } from './unless-stopped';

/** Failures that would come again and take long to find out, or are lies; others are tried at the next load. */
const LASTING: ReadonlySet<Failure['kind']> = new Set(['self-test-failed', 'engine-timeout']);
const AGAIN =
  'To try it again, switch the graphics processor off and on for GGUF models on the Models screen.';
const KNOWN_FAILURE = `This model runs on the processor, because it failed on the graphics processor before. ${AGAIN}`;

/** One model to be opened. */
interface Opening {
  readonly spec: LlamaSpec;
  readonly file: Blob;
  readonly options: WllamaLoadOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export class StoredSource implements ModelSource {
  constructor(
    private readonly store: Pick<ModelStore, 'list' | 'get' | 'file'>,
    private readonly threads: number,
    private readonly graphics: GpuTrust,
    private readonly connect: () => LlamaCalls = () => new LlamaConnection(),
  ) {}

  async list(): Promise<readonly ModelInfo[]> {
    const models = (await this.store.list()).filter(isForLlama);
    return Promise.all(models.map((model) => this.#described(model)));
  }

  async find(id: string): Promise<ModelInfo | null> {
    const stored = await this.store.get(id);
    return stored && isForLlama(stored) ? this.#described(stored) : null;
  }

  /** With where it will be computed. For a model that gains nothing there, the graphics processor is not even asked for. */
  async #described(model: StoredModel): Promise<ModelInfo> {
    const gpu = gainsFromGraphics(model.bytes) ? await this.graphics.used() : null;
    if (gpu === null || (await this.graphics.hasFailed(model.hash, gpu))) return model;
    return { ...model, graphics: true };
  }

  async open(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (typeof WebAssembly === 'undefined') throw new AppError({ kind: 'webassembly-missing' });
    // It lies on disk; the engine copies it piece by piece.
    const file = await this.store.file(model.id, GGUF_FILE);
    const { id, name, hash, style } = model;
    const spec = { id, name, style, sha256: hash, knownAnswer: null };
    // The size that the settings of a run were made for.
    const bytes = model.bytes ?? file.size;
    const opening = { spec, file, options: llamaOptions(bytes, this.threads), signal, onProgress };
    const gpu = gainsFromGraphics(bytes) ? await this.graphics.used() : null;
    if (gpu === null) return this.#onProcessor(opening);
    if (await this.graphics.hasFailed(hash, gpu)) return this.#onProcessor(opening, KNOWN_FAILURE);
    const there = await this.#onGraphics(opening, gpu);
    return there instanceof LlamaModel ? there : this.#onProcessor(opening, noteOf(there, gpu));
  }

  #onProcessor({ spec, file, options, signal, onProgress }: Opening, note?: string): Promise<LlamaModel> {
    onProgress({ label: 'Starting the model', done: 0, total: null });
    const notes = note === undefined ? [] : [note];
    const model = new LlamaModel({ ...spec, notes }, file, options, { connect: this.connect });
    return startModel(model, () => model.start(), signal);
  }

  /**
   * Loads the model on the graphics processor and compares it with the processor.
   * @returns why not, when that was no good
   * @throws AppError when the model cannot be computed at all; AbortError
   */
  async #onGraphics(opening: Opening, gpu: GpuFacts): Promise<LlamaModel | Failure> {
    const { spec, file, options, signal, onProgress } = opening;
    const processorAnswer = await this.#processorAnswer(opening).catch(onlyUnanswered);
    if (processorAnswer === null) {
      await this.graphics.noteFailure(spec.sha256, gpu);
      return { kind: 'self-test-failed', expected: 'an answer of the processor', got: 'none' };
    }
    onProgress({ label: 'Starting the model on the graphics processor', done: 0, total: null });
    const model = new LlamaModel({ ...spec, processorAnswer }, file, onGraphics(options), {
      connect: this.connect,
    });
    try {
      return await startModel(model, () => model.start(onProgress), signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (LASTING.has(error.failure.kind)) await this.graphics.noteFailure(spec.sha256, gpu);
      return error.failure;
    }
  }

  /** Asked once for each model, and kept: the processor gives the same bits every time. */
  async #processorAnswer({
    spec,
    file,
    options,
    signal,
    onProgress,
  }: Opening): Promise<readonly AnswerPlace[]> {
    const known = await this.graphics.processorAnswer(spec.sha256);
    if (known) return known;
    const label = 'Asking the processor first, to compare: only this once';
    onProgress({ label, done: 0, total: null });
    const connection = this.connect();
    try {
      const work = connection.compare(file, { ...options, parallel: 1 }, () => undefined);
      const { places } = await unlessStopped(work, signal);
      await this.graphics.keepProcessorAnswer(spec.sha256, places);
      return places;
    } finally {
      connection.terminate();
    }
  }
}

/** A model that loads and cannot answer the question can be used, but not compared. */
function onlyUnanswered(error: unknown): null {
  if (error instanceof AppError && error.failure.kind === 'engine-failed') return null;
  throw error;
}

/** In words for people. */
function noteOf({ kind }: Failure, { name }: GpuFacts): string {
  switch (kind) {
    case 'self-test-failed':
      return `The graphics processor (${name}) did not prove that it computes this model as the processor does, so the processor computes it. ${AGAIN}`;
    case 'engine-timeout':
      return `The graphics processor (${name}) did not answer, so the processor computes this model. ${AGAIN}`;
    case 'out-of-memory':
      return `The memory of the graphics processor (${name}) is too small for this model at the moment, so the processor computes it.`;
    default:
      return `The graphics processor (${name}) could not be used for this model, so the processor computes it.`;
  }
}

const isForLlama = ({ engine, files }: StoredModel): boolean =>
  engine === 'llama.cpp' && files.some(({ name }) => name === GGUF_FILE);
