/**
 * llama.cpp in WebAssembly through @wllama/wllama 3.8.1: one model in a worker, several concurrent requests, on CPU or GPU.
 * It guards against faults of the library: a bad file seems to load, requests beyond `parallel` are lost, a blocked load
 * never settles, one exception ends all requests in flight, a missing GPU is not reported.
 */
import { CacheManager, Wllama } from '@wllama/wllama';
import type {
  ChatCompletionChunk,
  ChatCompletionMessage,
  RawCompletionChunk,
} from '@wllama/wllama/esm/types/oai-compat';
import { GREEDY } from '../../core/run';
import { AppError, isCodeFault } from '../../core/errors';
import type { AnswerPlace } from '../../core/models/answer-places';
import type { ChatTurns, Completion, CompletionRequest, PromptProgress } from '../../core/ports';
import { EngineLog } from './engine-log';
import {
  brokenTextTokens,
  isFullPrecision,
  keyValueBytes,
  readGgufHeader,
  trainedContext,
} from '../../weights/gguf-header';
import { readAnswerPlaces } from './read-places';
import { WORDS } from '../words';

/** How llama.cpp is set up for a model. */
export interface WllamaLoadOptions {
  readonly wasmUrl: string;
  readonly threads: number;
  /** Numbers of threads of which the fastest is found and taken; absent: `threads` as it is. */
  readonly tryThreads?: readonly number[];
  /** Concurrent requests. */
  readonly parallel: number;
  /** Upper limit of the context per request; the model's own limit holds as well. */
  readonly maxContext: number;
  /** Whether all layers go to the GPU. Without one they stay on the CPU, and `info.gpu` is null. */
  readonly onGpu: boolean;
}
/** What is known of a model once llama.cpp has loaded it. */
export interface WllamaModelInfo {
  readonly contextLength: number;
  readonly parallel: number;
  readonly threads: number;
  /** The GPU in use, as the browser names it; null on the CPU. */
  readonly gpu: string | null;
  /** Keys and values of one token in the context, in bytes. */
  readonly bytesPerToken: number;
}

/**
 * Small batches avoid the kernel whose sums depend on what else is in flight: on the CPU, results are bit-reproducible, in
 * any order and whatever was asked before. On the GPU the same settings keep requests out of each other's sums; but one row
 * and several are multiplied by different code, so how much of a prompt is cached can turn a near-tie, and another device
 * or driver rounds differently. There the same request with the same seed usually gives the same text; only the CPU
 * promises that it always does. The batch as a whole is as small: after each one llama.cpp tells how far a prompt is.
 */
const REPRODUCIBLE = { n_batch: 32, n_ubatch: 32, kv_unified: false } as const;
/** Its sums are cut by threads, so that another number of them would give another text (docs/decisions). */
const ANY_THREADS = { flash_attn: false } as const;
/** More layers than any model has. */
const ALL_LAYERS = 99_999;
/**
 * By default keys, values and attention sums are F16, which suits F16 weights. A file in F32 is computed in F32 throughout,
 * so that it continues exactly as the trainer that made it; it is as reproducible.
 */
const FULL_PRECISION = { cache_type_k: 'f32', cache_type_v: 'f32', flash_attn: false } as const;
/**
 * Compares two devices: longer than a batch, so that whole batches are multiplied as well as single rows, and with an
 * answer that a model half knows.
 */
const QUESTION =
  'Here is a list of different tasks.\n\nTask 1: Name three colors of the rainbow.\nTask 2: Write a short letter to a ' +
  'friend about the weather.\nTask 3: Count from one to ten: one, two, three, four, five, six, seven, eight, nine, ten.\n' +
  'Task 4: Count from one to ten: one, two,';
/** Tokens written to see how fast it is here: with its prompt it takes seconds on a laptop. */
const PROBE_TOKENS = 8;
const QUESTION_PLACES = 12;
const LIKELY_TOKENS = 10;
/** The library's documentation knows `timings` and cached tokens, its types do not. */
interface UntypedChunk {
  /** While the prompt is evaluated, after each batch. */
  readonly prompt_progress?: { readonly total: number; readonly processed: number };
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  };
}

/** One model in llama.cpp with several concurrent requests. */
export class WllamaEngine {
  private constructor(
    private readonly wllama: Wllama,
    private readonly log: EngineLog,
    private readonly bias: [number, false][],
    readonly info: WllamaModelInfo,
  ) {}

  /** @throws AppError bad-file, engine-load-failed; device-lost, out-of-memory of the GPU */
  static async load(file: Blob, options: WllamaLoadOptions): Promise<WllamaEngine> {
    const header = await readGgufHeader(file);
    const contextLength = Math.min(options.maxContext, trainedContext(header) ?? 2048);
    const full = isFullPrecision(header);
    const log = new EngineLog();
    const wllama = new Wllama(
      { default: options.wasmUrl },
      { logger: log, suppressNativeLog: false, cacheManager: noDownloads() },
    );
    wllama.setCompat(null); // never fetch another build from elsewhere
    const loading = wllama.loadModel([file], {
      n_gpu_layers: options.onGpu ? ALL_LAYERS : 0,
      n_threads: options.threads,
      n_parallel: options.parallel,
      n_ctx: contextLength * options.parallel,
      ...REPRODUCIBLE,
      ...(options.onGpu || !options.tryThreads?.length ? {} : ANY_THREADS),
      ...(full ? FULL_PRECISION : {}),
    });
    await loading.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      const unknown = { kind: 'engine-load-failed', model: WORDS.llama.modelFile, detail } as const;
      throw new AppError(log.fault ?? unknown, { cause: error });
    });
    const context = wllama.getLoadedContextInfo() as unknown as { success?: boolean };
    if (context.success !== true || log.fault) {
      await wllama.exit();
      throw new AppError(
        log.fault ?? { kind: 'engine-load-failed', model: WORDS.llama.modelFile, detail: log.lastError },
      );
    }
    const bias = brokenTextTokens(header).map((id): [number, false] => [id, false]);
    const info = {
      contextLength,
      parallel: options.parallel,
      threads: wllama.getNumThreads(),
      gpu: log.gpu,
      bytesPerToken: keyValueBytes(header) * (full ? 2 : 1),
    };
    return new WllamaEngine(wllama, log, bias, info);
  }

  /**
   * Computes one completion. Callers keep at most `info.parallel` in flight.
   * @throws AppError engine-failed, prompt-too-long, device-lost, out-of-memory; AbortError
   */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<Completion> {
    let text = '';
    // Set by the callback, which the type checker cannot follow.
    let finishReason = null as 'stop' | 'length' | null;
    let usage: UntypedChunk['usage'];
    try {
      const options = {
        max_tokens: request.maxTokens,
        temperature: request.temperature,
        top_p: request.topP,
        top_k: 0,
        min_p: 0,
        frequency_penalty: request.frequencyPenalty,
        presence_penalty: request.presencePenalty,
        // wllama reads the seed as a signed number and takes -1 as "any".
        seed: request.seed & 0x7fffffff,
        stop: [...request.stop],
        logit_bias: this.bias as never,
        abortSignal: signal,
        stream: true as const,
        return_progress: true,
        onData: (chunk: RawCompletionChunk | ChatCompletionChunk) => {
          const choice = chunk.choices[0];
          const piece = choice && ('text' in choice ? choice.text : choice.delta.content);
          if (piece) {
            text += piece;
            onText(piece);
          }
          if (choice?.finish_reason) finishReason = choice.finish_reason === 'length' ? 'length' : 'stop';
          const { usage: used, prompt_progress: read } = chunk as UntypedChunk;
          usage = used ?? usage;
          if (read) onReading({ done: read.processed, total: read.total });
        },
      };
      if (request.turns) {
        // The file's own template lays the turns out. A chat counts its tokens when it is asked to.
        const chat = { messages: messagesOf(request.turns), stream_options: { include_usage: true } };
        await this.wllama.createChatCompletion({ ...options, ...chat });
      } else await this.wllama.createCompletion({ ...options, prompt: request.prompt });
    } catch (error) {
      throw this.#failureOf(error);
    }
    // A lost device continues with zeros instead of sums.
    if (this.log.fault) throw new AppError(this.log.fault);
    if (finishReason === null || !usage) {
      throw new AppError({ kind: 'engine-failed', detail: WORDS.llama.noEnd });
    }
    return {
      text,
      finishReason,
      promptTokens: usage.prompt_tokens,
      cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      completionTokens: usage.completion_tokens,
    };
  }

  /**
   * How likely the model finds the next tokens of a fixed question, for a comparison of devices.
   * @throws as `complete`
   */
  async places(): Promise<readonly AnswerPlace[]> {
    const request = {
      prompt: QUESTION,
      max_tokens: QUESTION_PLACES,
      // The model's own probabilities: neither sharpened nor cut.
      temperature: 1,
      top_p: 1,
      top_k: 0,
      min_p: 0,
      seed: 1,
      ignore_eos: true,
      logit_bias: this.bias as never,
      // Those after the bans: an incomplete character among the likeliest tokens would raise an exception.
      n_probs: LIKELY_TOKENS,
      post_sampling_probs: true,
    };
    try {
      const places = readAnswerPlaces(await this.wllama.createCompletion(request));
      if (this.log.fault) throw new AppError(this.log.fault);
      return places;
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /**
   * Seconds for a fixed short prompt and answer: how fast it is on this machine now.
   * @param limit seconds after which it is given up: the answer is Infinity then
   * @param onReading as `complete` takes it: also a sign of life
   * @throws as `complete`
   */
  async probe(limit: number, onReading: (progress: PromptProgress) => void): Promise<number> {
    const request = { prompt: QUESTION, maxTokens: PROBE_TOKENS, ...GREEDY, stop: [], seed: 1 };
    const began = performance.now();
    const over = new AbortController();
    const timer = limit === Infinity ? undefined : setTimeout(() => over.abort(), limit * 1000);
    try {
      await this.complete(request, over.signal, () => undefined, onReading);
      return (performance.now() - began) / 1000;
    } catch (error) {
      if (over.signal.aborted) return Infinity;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Frees the model; nothing may be in flight. */
  exit(): Promise<void> {
    return this.wllama.exit();
  }

  #failureOf(error: unknown): unknown {
    if (error instanceof AppError || (error instanceof Error && error.name === 'AbortError')) return error;
    if (this.log.fault) return new AppError(this.log.fault, { cause: error });
    if (isCodeFault(error)) return error;
    const detail = error instanceof Error ? error.message : String(error);
    if (detail.includes('exceeds the available context')) {
      return new AppError({ kind: 'prompt-too-long', detail }, { cause: error });
    }
    // The library answers C++ exceptions with a meaningless text; the real one is in its log.
    const reason = detail.includes('Invalid typed array length') ? this.log.lastError : detail;
    return new AppError({ kind: 'engine-failed', detail: reason }, { cause: error });
  }
}

/** The library downloads nothing here; by default it looks for a place to keep downloads, which plain-http pages lack. */
function noDownloads(): CacheManager {
  const nowhere = { isSupported: () => true };
  return new CacheManager([nowhere as NonNullable<ConstructorParameters<typeof CacheManager>[0]>[number]]);
}

const messagesOf = ({ system, user }: ChatTurns): ChatCompletionMessage[] => [
  ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user', content: user },
];
