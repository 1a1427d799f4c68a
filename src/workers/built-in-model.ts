/**
 * The built-in model as a `LanguageModel`: own queue, restart after a crash, and a fresh engine now and then,
 * because llama.cpp's prompt cache grows without bound (about 1.5 KB a token).
 */
import { AppError } from '../core/errors';
import type { Completion, CompletionListener, CompletionRequest, LanguageModel } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { KnownAnswer, ModelManifest } from './model-manifest';
import { ModelConnection } from './model-connection';
import { unlessStopped } from './unless-stopped';

const ATTEMPTS = 3;
const REQUESTS_PER_ENGINE = 1_500;

/** What tests change. */
interface Inner {
  readonly connect?: () => ModelConnection;
  readonly requestsPerEngine?: number;
}

export class BuiltInModel implements LanguageModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  contextLength = 0;
  device = 'processor';
  readonly parallel: number;
  readonly #file: Blob;
  readonly #options: WllamaLoadOptions;
  readonly #knownAnswer: KnownAnswer;
  readonly #open: () => ModelConnection;
  readonly #requestsPerEngine: number;
  /** The newest engine, loading or loaded, and its launch. */
  #connection: ModelConnection | null = null;
  #launched: Promise<ModelConnection> | null = null;
  #requests = 0;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  #disposed = false;

  constructor(manifest: ModelManifest, file: Blob, options: WllamaLoadOptions, inner: Inner = {}) {
    this.id = manifest.id;
    this.name = manifest.name;
    this.hash = manifest.sha256;
    this.parallel = options.parallel;
    this.#file = file;
    this.#options = options;
    this.#knownAnswer = manifest.knownAnswer;
    this.#open = inner.connect ?? (() => new ModelConnection());
    this.#requestsPerEngine = inner.requestsPerEngine ?? REQUESTS_PER_ENGINE;
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
        return await connection.complete(request, signal, (delta) => listener?.text(delta));
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
      this.#inFlight >= this.parallel || (this.#requests >= this.#requestsPerEngine && this.#inFlight > 0);
    while (mustWait()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#requests >= this.#requestsPerEngine) {
      this.#requests = 0;
      this.#connection?.terminate();
    }
    this.#requests++;
    this.#inFlight++;
    // Another waiter may fit as well.
    if (!mustWait()) this.#waiting.shift()?.();
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
      this.device = `processor, ${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`;
      await this.#selfTest(connection);
      return connection;
    } catch (error) {
      connection.terminate();
      throw error;
    }
  }

  /** A wrong build, driver or file can compute nonsense without an error: ask what the right answer is known for. */
  async #selfTest(connection: ModelConnection): Promise<void> {
    const { prompt, maxTokens, text } = this.#knownAnswer;
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
