/**
 * A model that llama.cpp computes, as a `LanguageModel`: own queue, restart after a crash, and a fresh engine now and
 * then, because llama.cpp's prompt cache keeps the keys and values of every prompt it has seen.
 */
import { GREEDY } from '../core/run';
import { AppError } from '../core/errors';
import type { Completion, CompletionListener, CompletionRequest } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { KnownAnswer } from './model-manifest';
import { EngineRestarts } from './engine-restarts';
import { ModelConnection } from './model-connection';
import type { OpenModel } from './model-source';

/** A third of what the engine can address at most; the built-in model needs about 1,500 requests for it. */
const CACHE_BYTES_PER_ENGINE = 1_000_000_000;

/** What is loaded, and how it proves itself. */
export interface LlamaSpec {
  readonly id: string;
  readonly name: string;
  /** An instruct model answers turns, laid out as its file says; a base model without it. */
  readonly style?: 'base' | 'instruct';
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Null where no answer is known, as of a model that was brought along. */
  readonly knownAnswer: KnownAnswer | null;
}

/** What tests change. */
interface Inner {
  readonly connect?: () => ModelConnection;
  readonly cacheBytesPerEngine?: number;
}

export class LlamaModel implements OpenModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly style: 'base' | 'instruct';
  contextLength = 0;
  device = 'processor';
  readonly parallel: number;
  readonly #file: Blob;
  readonly #options: WllamaLoadOptions;
  readonly #knownAnswer: KnownAnswer | null;
  readonly #engines: EngineRestarts<ModelConnection>;
  readonly #cacheBytesPerEngine: number;
  /** Upper bound of what the newest engine's prompt cache holds, in bytes. */
  #cacheBytes = 0;
  #bytesPerToken = 0;

  constructor(spec: LlamaSpec, file: Blob, options: WllamaLoadOptions, inner: Inner = {}) {
    this.id = spec.id;
    this.name = spec.name;
    this.hash = spec.sha256;
    this.style = spec.style ?? 'base';
    this.parallel = options.parallel;
    this.#file = file;
    this.#options = options;
    this.#knownAnswer = spec.knownAnswer;
    this.#cacheBytesPerEngine = inner.cacheBytesPerEngine ?? CACHE_BYTES_PER_ENGINE;
    this.#engines = new EngineRestarts(options.parallel, {
      open: inner.connect ?? (() => new ModelConnection()),
      load: (connection) => this.#load(connection),
      isDue: () => this.#cacheBytes >= this.#cacheBytesPerEngine,
      renewed: () => (this.#cacheBytes = 0),
    });
  }

  /** Loads the engine and asks the known question. @throws AppError engine-load-failed, self-test-failed */
  start(): Promise<void> {
    return this.#engines.start();
  }

  complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    const abort = signal as AbortSignal;
    return this.#engines.request(abort, listener, async (connection) => {
      const completion = await connection.complete(this.#worded(request), abort, (delta) =>
        listener?.text(delta),
      );
      this.#cacheBytes += (completion.promptTokens + completion.completionTokens) * this.#bytesPerToken;
      return completion;
    });
  }

  /** Ends the engine, also while it is loading; whoever waits for it is told. */
  dispose(): void {
    this.#engines.dispose();
  }

  /** An instruct model gets turns in any case. */
  #worded(request: CompletionRequest): CompletionRequest {
    if (this.style === 'base' || request.turns) return request;
    return { ...request, turns: { system: '', user: request.prompt } };
  }

  async #load(connection: ModelConnection): Promise<void> {
    const info = await connection.load(this.#file, this.#options);
    this.contextLength = info.contextLength;
    this.#bytesPerToken = info.bytesPerToken;
    this.#cacheBytes = 0;
    this.device = `processor, ${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`;
    if (this.#knownAnswer) await this.#selfTest(connection, this.#knownAnswer);
  }

  /** A wrong build, driver or file can compute nonsense without an error: ask what the right answer is known for. */
  async #selfTest(connection: ModelConnection, known: KnownAnswer): Promise<void> {
    const { prompt, maxTokens, text } = known;
    const got = await connection.complete(
      {
        prompt,
        maxTokens,
        ...GREEDY,
        stop: [],
        seed: 1,
      },
      new AbortController().signal,
      () => undefined,
    );
    if (got.text !== text) throw new AppError({ kind: 'self-test-failed', expected: text, got: got.text });
  }
}
