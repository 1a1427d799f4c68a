/**
 * A model that llama.cpp computes, as a `LanguageModel`: own queue, restart after a crash, and a fresh engine now and
 * then, because llama.cpp's prompt cache keeps the keys and values of every prompt it has seen. On the graphics processor
 * each load is compared with what the processor answers; after its second failure there the processor goes on.
 */
import { GREEDY } from '../core/run';
import { AppError, type Failure } from '../core/errors';
import { answerDifference, type AnswerPlace, MOST_ROUNDING } from '../core/models/answer-places';
import type { Completion, CompletionListener, CompletionRequest, Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { KnownAnswer } from './model-manifest';
import { EngineRestarts } from './engine-restarts';
import { type LlamaCalls, LlamaConnection } from './llama-connection';
import type { LlamaInfo } from './llama.worker';
import type { OpenModel } from './model-source';
import { RecentLosses } from './recent-losses';

/** A third of what the engine can address at most; the built-in model needs about 1,500 requests for it. */
const CACHE_BYTES_PER_ENGINE = 1_000_000_000;
/** Failures of the graphics processor after which the processor goes on. */
const TOO_MANY_LOSSES = 2;

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
  /** What the processor answers: a graphics processor must find the same tokens as likely. Without it, it is never used. */
  readonly processorAnswer?: readonly AnswerPlace[];
  /** What a person should know before anything is loaded. */
  readonly notes?: readonly string[];
}

/** What tests change. */
interface TestHooks {
  readonly connect?: () => LlamaCalls;
  readonly cacheBytesPerEngine?: number;
}

export class LlamaModel implements OpenModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly style: 'base' | 'instruct';
  contextLength = 0;
  device = 'processor';
  notes: readonly string[];
  readonly parallel: number;
  readonly #file: Blob;
  #options: WllamaLoadOptions;
  readonly #knownAnswer: KnownAnswer | null;
  readonly #processorAnswer: readonly AnswerPlace[];
  readonly #engines: EngineRestarts<LlamaCalls>;
  readonly #cacheBytesPerEngine: number;
  /** Upper bound of what the newest engine's prompt cache holds, in bytes. */
  #cacheBytes = 0;
  #bytesPerToken = 0;
  /** Of the graphics processor. */
  readonly #losses = new RecentLosses();
  #onProgress: (progress: Progress) => void = () => undefined;

  constructor(spec: LlamaSpec, file: Blob, options: WllamaLoadOptions, hooks: TestHooks = {}) {
    this.id = spec.id;
    this.name = spec.name;
    this.hash = spec.sha256;
    this.style = spec.style ?? 'base';
    this.parallel = options.parallel;
    this.#file = file;
    this.#options = options;
    this.#knownAnswer = spec.knownAnswer;
    this.#processorAnswer = spec.processorAnswer ?? [];
    this.notes = spec.notes ?? [];
    this.#cacheBytesPerEngine = hooks.cacheBytesPerEngine ?? CACHE_BYTES_PER_ENGINE;
    this.#engines = new EngineRestarts(options.parallel, {
      open: hooks.connect ?? (() => new LlamaConnection()),
      load: (connection) => this.#load(connection),
      isDue: () => this.#cacheBytes >= this.#cacheBytesPerEngine,
      renewed: () => (this.#cacheBytes = 0),
      failed: (failure) => this.#lost(failure),
    });
  }

  /** Loads the engine and proves it. @throws AppError engine-load-failed, self-test-failed, device-lost, out-of-memory */
  start(onProgress: (progress: Progress) => void = () => undefined): Promise<void> {
    this.#onProgress = onProgress;
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
      this.#losses.answered();
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

  async #load(connection: LlamaCalls): Promise<void> {
    const info = this.#options.graphics
      ? await connection.compare(this.#file, this.#options, this.#onProgress)
      : await connection.load(this.#file, this.#options);
    if (this.#options.graphics) this.#prove(info);
    this.contextLength = info.contextLength;
    this.#bytesPerToken = info.bytesPerToken;
    this.#cacheBytes = 0;
    this.device =
      info.graphics === null
        ? `processor, ${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`
        : `graphics processor, ${info.graphics}`;
    if (this.#knownAnswer) await this.#selfTest(connection, this.#knownAnswer);
  }

  /** llama.cpp does not say when it leaves the graphics processor out, and drivers do not say when they compute nonsense. */
  #prove({ graphics, places }: LlamaInfo): void {
    if (graphics === null) {
      const detail = 'llama.cpp found no graphics processor that it can use.';
      throw new AppError({ kind: 'engine-load-failed', model: this.name, detail });
    }
    const difference = answerDifference(this.#processorAnswer, places);
    if (difference <= MOST_ROUNDING) return;
    const got = `probabilities that differ by ${difference.toFixed(2)}`;
    throw new AppError({ kind: 'self-test-failed', expected: 'what the processor answers', got });
  }

  #lost({ kind }: Failure): void {
    if (!this.#options.graphics) return;
    // These come back however often it is loaded.
    const forGood = kind === 'engine-load-failed' || kind === 'self-test-failed';
    if (!forGood && this.#losses.lost() < TOO_MANY_LOSSES) return;
    this.#options = { ...this.#options, graphics: false };
    this.notes = [
      ...this.notes,
      'The graphics processor failed, so the model now runs on the processor. It is slower; nothing was lost.',
    ];
  }

  /** A wrong build, driver or file can compute nonsense without an error: ask what the right answer is known for. */
  async #selfTest(connection: LlamaCalls, known: KnownAnswer): Promise<void> {
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
