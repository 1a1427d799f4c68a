/**
 * A model that llama.cpp computes, as a `LanguageModel`: own queue, restart after a crash, and a fresh engine now and
 * then, because llama.cpp's prompt cache keeps the keys and values of every prompt it has seen.
 */
import { AppError } from '../core/errors';
import type { Completion, CompletionListener, CompletionRequest } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { KnownAnswer } from './model-manifest';
import { ModelConnection } from './model-connection';
import type { OpenModel } from './model-source';
import { unlessStopped } from './unless-stopped';

const ATTEMPTS = 3;
/** A third of what the engine can address at most; the built-in model needs about 1,500 requests for it. */
const CACHE_BYTES_PER_ENGINE = 1_000_000_000;

/** What is loaded, and how it proves itself. */
export interface LlamaSpec {
  readonly id: string;
  readonly name: string;
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
  contextLength = 0;
  device = 'processor';
  readonly parallel: number;
  readonly #file: Blob;
  readonly #options: WllamaLoadOptions;
  readonly #knownAnswer: KnownAnswer | null;
  readonly #open: () => ModelConnection;
  readonly #cacheBytesPerEngine: number;
  /** The newest engine, loading or loaded, and its launch. */
  #connection: ModelConnection | null = null;
  #launched: Promise<ModelConnection> | null = null;
  /** Upper bound of what the newest engine's prompt cache holds, in bytes. */
  #cacheBytes = 0;
  #bytesPerToken = 0;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  #disposed = false;

  constructor(spec: LlamaSpec, file: Blob, options: WllamaLoadOptions, inner: Inner = {}) {
    this.id = spec.id;
    this.name = spec.name;
    this.hash = spec.sha256;
    this.parallel = options.parallel;
    this.#file = file;
    this.#options = options;
    this.#knownAnswer = spec.knownAnswer;
    this.#open = inner.connect ?? (() => new ModelConnection());
    this.#cacheBytesPerEngine = inner.cacheBytesPerEngine ?? CACHE_BYTES_PER_ENGINE;
  }

  /** Loads the engine and asks the known question. @throws AppError engine-load-failed, self-test-failed */
  async start(): Promise<void> {
    await this.#connect();
  }

  async complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    await this.#slot();
    try {
      return await this.#attempt(request, signal as AbortSignal, listener);
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  /** Ends the engine, also while it is loading; whoever waits for it is told. */
  dispose(): void {
    this.#disposed = true;
    this.#connection?.terminate();
  }

  async #attempt(
    request: CompletionRequest,
    signal: AbortSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      let connection: ModelConnection | null = null;
      try {
        connection = await unlessStopped(this.#connect(), signal);
        const completion = await connection.complete(request, signal, (delta) => listener?.text(delta));
        this.#cacheBytes += (completion.promptTokens + completion.completionTokens) * this.#bytesPerToken;
        return completion;
      } catch (error) {
        if (!(error instanceof AppError) || error.failure.kind === 'prompt-too-long') throw error;
        connection?.terminate(error.failure);
        if (attempt === ATTEMPTS || this.#disposed) throw error;
        listener?.retry(error.failure.kind);
      }
    }
  }

  /** Waits for a free slot; when the engine is due for renewal, for all of them. */
  async #slot(): Promise<void> {
    const mustWait = (): boolean =>
      this.#inFlight >= this.parallel || (this.#cacheIsFull && this.#inFlight > 0);
    while (mustWait()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#cacheIsFull) {
      this.#cacheBytes = 0;
      this.#connection?.terminate();
    }
    this.#inFlight++;
    // Another waiter may fit as well.
    if (!mustWait()) this.#waiting.shift()?.();
  }

  get #cacheIsFull(): boolean {
    return this.#cacheBytes >= this.#cacheBytesPerEngine;
  }

  /** The living engine, or a new one; all who ask meanwhile wait for the same. */
  async #connect(): Promise<ModelConnection> {
    if (this.#disposed) throw new AppError({ kind: 'engine-failed', detail: 'The model was closed.' });
    if (!this.#launched || this.#connection?.dead !== false) this.#launched = this.#launch();
    return this.#launched;
  }

  async #launch(): Promise<ModelConnection> {
    const connection = this.#open();
    this.#connection = connection;
    try {
      const info = await connection.load(this.#file, this.#options);
      this.contextLength = info.contextLength;
      this.#bytesPerToken = info.bytesPerToken;
      this.#cacheBytes = 0;
      this.device = `processor, ${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`;
      if (this.#knownAnswer) await this.#selfTest(connection, this.#knownAnswer);
      return connection;
    } catch (error) {
      connection.terminate();
      throw error;
    }
  }

  /** A wrong build, driver or file can compute nonsense without an error: ask what the right answer is known for. */
  async #selfTest(connection: ModelConnection, known: KnownAnswer): Promise<void> {
    const { prompt, maxTokens, text } = known;
    const got = await connection.complete(
      {
        prompt,
        maxTokens,
        temperature: 0,
        topP: 1,
        frequencyPenalty: 0,
        presencePenalty: 0,
        stop: [],
        seed: 1,
      },
      new AbortController().signal,
      () => undefined,
    );
    if (got.text !== text) throw new AppError({ kind: 'self-test-failed', expected: text, got: got.text });
  }
}
