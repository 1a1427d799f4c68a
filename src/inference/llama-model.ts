/**
 * A model that llama.cpp computes, as a `LanguageModel`: own queue, restart after a crash, and a fresh engine now and
 * then, because llama.cpp's prompt cache keeps the keys and values of every prompt it has seen. On the GPU
 * each load is compared with what the CPU answers; after its second failure there the CPU goes on.
 */
import { GREEDY } from '../core/run';
import { AppError, type Failure } from '../core/errors';
import { answerDifference, type AnswerPlace, MOST_ROUNDING } from '../core/models/answer-places';
import { RUNS_ON } from '../core/models/runs-on';
import type {
  Completion,
  CompletionListener,
  CompletionRequest,
  LanguageModel,
  ModelPrompt,
  Progress,
} from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { GgufFile } from '../weights/base-weights';
import type { KnownAnswer } from './model-manifest';
import { EngineRestarts } from './engine-restarts';
import { type LlamaCalls, LlamaConnection } from './llama-connection';
import type { LlamaInfo } from './llama.worker';
import type { OpenModel } from './model-source';
import { RecentLosses } from './recent-losses';
import { SlowWatch } from './slow-watch';
import { WORDS } from './words';

/** A third of what the engine can address. A new engine evaluates kept beginnings again, so it is taken rarely. */
const CACHE_BYTES_PER_ENGINE = 1_000_000_000;
/** GPU failures after which the model moves to the CPU. */
const TOO_MANY_LOSSES = 2;

/** What is loaded, and how it proves itself. */
export interface LlamaSpec {
  readonly id: string;
  readonly name: string;
  /** An instruct model answers turns, laid out as its file says; a base model without it. */
  readonly style?: 'base' | 'instruct';
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** Null where no answer is known, as for imported models. */
  readonly knownAnswer: KnownAnswer | null;
  /** The CPU's answer: a GPU must find the same tokens as likely. Without it no GPU is used. */
  readonly cpuAnswer?: readonly AnswerPlace[];
  /** What the user should know before anything is loaded. */
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
  device = 'CPU';
  notes: readonly string[];
  /** Where the engine tells them, which is known once it is loaded. */
  choose?: NonNullable<LanguageModel['choose']>;
  likelihood?: NonNullable<LanguageModel['likelihood']>;
  readonly parallel: number;
  readonly #weights: GgufFile;
  #options: WllamaLoadOptions;
  readonly #knownAnswer: KnownAnswer | null;
  readonly #cpuAnswer: readonly AnswerPlace[];
  readonly #engines: EngineRestarts<LlamaCalls>;
  readonly #cacheBytesPerEngine: number;
  /** Upper bound of what the newest engine's prompt cache holds, in bytes. */
  #cacheBytes = 0;
  #bytesPerToken = 0;
  readonly #losses = new RecentLosses();
  readonly #slow = new SlowWatch();
  /** As measured in the first load, or again when it became slow. */
  #threads: number | null = null;
  /** Whether our own engine computes it. */
  #own = false;
  #onProgress: (progress: Progress) => void = () => undefined;

  constructor(spec: LlamaSpec, weights: GgufFile, options: WllamaLoadOptions, hooks: TestHooks = {}) {
    this.id = spec.id;
    this.name = spec.name;
    this.hash = spec.sha256;
    this.style = spec.style ?? 'base';
    this.parallel = options.parallel;
    this.#weights = weights;
    this.#options = options;
    this.#knownAnswer = spec.knownAnswer;
    this.#cpuAnswer = spec.cpuAnswer ?? [];
    this.notes = spec.notes ?? [];
    this.#cacheBytesPerEngine = hooks.cacheBytesPerEngine ?? CACHE_BYTES_PER_ENGINE;
    this.#engines = new EngineRestarts(options.parallel, {
      open: hooks.connect ?? (() => new LlamaConnection()),
      load: (connection) => this.#load(connection),
      isDue: () => this.#cacheBytes >= this.#cacheBytesPerEngine || this.#shouldMeasure,
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
      const began = performance.now();
      const completion = await connection.complete(
        this.#worded(request),
        abort,
        (delta) => listener?.text(delta),
        (progress) => listener?.reading?.(progress),
      );
      const { promptTokens, cachedTokens, completionTokens } = completion;
      // A kept beginning moves from the cache into a slot and back: it takes its space once.
      const evaluated = promptTokens - cachedTokens + completionTokens;
      this.#cacheBytes += evaluated * this.#bytesPerToken;
      this.#slow.answered(evaluated, (performance.now() - began) / 1000);
      this.#losses.answered();
      return completion;
    });
  }

  /** Ends the engine, even while it loads; pending calls are rejected. */
  dispose(): void {
    this.#engines.dispose();
  }

  /** An instruct model gets turns, unless the caller wants the prompt continued. */
  #worded<T extends ModelPrompt>(request: T): T {
    if (this.style === 'base' || request.turns !== undefined) return request;
    return { ...request, turns: { system: '', user: request.prompt } };
  }

  async #load(connection: LlamaCalls): Promise<void> {
    const info = this.#options.onGpu
      ? await connection.compare(this.#weights, this.#options, this.#onProgress)
      : await connection.load(this.#weights, this.#withThreads, this.#onProgress);
    if (this.#options.onGpu) this.#prove(info);
    this.contextLength = info.contextLength;
    this.#bytesPerToken = info.bytesPerToken;
    this.#cacheBytes = 0;
    if (info.gpu === null) this.#threads = info.threads;
    this.#own = info.own;
    if (info.own) this.#tellProbabilities();
    this.#slow.measured();
    this.device = info.gpu === null ? RUNS_ON.cpu(info.threads) : RUNS_ON.gpu(info.gpu);
    if (this.#knownAnswer) await this.#selfTest(connection, this.#knownAnswer);
  }

  /** A load finds the number of threads for llama.cpp; our own engine would only forget what it has kept. */
  get #shouldMeasure(): boolean {
    return !this.#own && (this.#options.tryThreads?.length ?? 0) > 1 && this.#slow.isDue;
  }

  #tellProbabilities(): void {
    this.choose = (request, options, signal) => {
      const abort = signal as AbortSignal;
      return this.#engines.request(abort, undefined, (engine) =>
        engine.choose(this.#worded(request), options, abort),
      );
    };
    this.likelihood = (request, output, signal) => {
      const abort = signal as AbortSignal;
      return this.#engines.request(abort, undefined, (engine) =>
        engine.likelihood(this.#worded(request), output, abort),
      );
    };
  }

  /** A renewed engine keeps the number of threads; one that became slow finds it again. */
  get #withThreads(): WllamaLoadOptions {
    if (this.#threads === null || this.#shouldMeasure) return this.#options;
    return { ...this.#options, tryThreads: [this.#threads] };
  }

  /** llama.cpp does not report when it ignores the GPU, nor do drivers when they compute nonsense. */
  #prove({ gpu, places }: LlamaInfo): void {
    if (gpu === null) {
      throw new AppError({ kind: 'engine-load-failed', model: this.name, detail: WORDS.failures.noGpu });
    }
    const difference = answerDifference(this.#cpuAnswer, places);
    if (difference <= MOST_ROUNDING) return;
    const got = WORDS.failures.odds(difference);
    throw new AppError({ kind: 'self-test-failed', expected: WORDS.failures.cpuAnswer, got });
  }

  #lost({ kind }: Failure): void {
    if (!this.#options.onGpu) return;
    // These recur at every load.
    const forGood = kind === 'engine-load-failed' || kind === 'self-test-failed';
    if (!forGood && this.#losses.lost() < TOO_MANY_LOSSES) return;
    this.#options = { ...this.#options, onGpu: false };
    this.notes = [...this.notes, WORDS.notes.movedToCpu];
  }

  /** A wrong build, driver or file can give nonsense without an error, so a question with a known answer is asked. */
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
