/**
 * llama.cpp in WebAssembly through @wllama/wllama 3.8.1: one model, several requests side by side in its slots.
 * Lives in the model worker. What it guards against is known from running the library: a bad file seems to load,
 * requests beyond the slots are lost, a blocked load never settles, one exception ends all requests in flight.
 */
import { Wllama } from '@wllama/wllama';
import type {
  ChatCompletionChunk,
  ChatCompletionMessage,
  RawCompletionChunk,
} from '@wllama/wllama/esm/types/oai-compat';
import { AppError } from '../../core/errors';
import type { ChatTurns, Completion, CompletionRequest } from '../../core/ports';
import { brokenTextTokens, isFullPrecision, keyValueBytes, readGgufHeader, trainedContext } from './gguf';

export interface WllamaLoadOptions {
  readonly wasmUrl: string;
  readonly threads: number;
  /** Slots: requests computed side by side. */
  readonly parallel: number;
  /** Upper limit of the context per request; the model's own limit holds as well. */
  readonly maxContext: number;
}
export interface WllamaModelInfo {
  readonly contextLength: number;
  readonly parallel: number;
  readonly threads: number;
  /** Keys and values of one token in the context, in bytes. */
  readonly bytesPerToken: number;
}

/** Small batches keep off the kernel whose sums depend on what else is in flight: results are bit-reproducible. */
const REPRODUCIBLE = { n_ubatch: 32, kv_unified: false } as const;
/**
 * Keys and values are halves and attention is summed in halves: near enough where weights are. A file in F32 is computed
 * in F32 throughout, so that it goes on as the trainer that made it; it is as reproducible.
 */
const FULL_PRECISION = { cache_type_k: 'f32', cache_type_v: 'f32', flash_attn: false } as const;
/** The library's documentation knows `timings` and cached tokens, its types do not. */
interface FinalChunk {
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  };
}

export class WllamaEngine {
  readonly #wllama: Wllama;
  readonly #bias: [number, false][];
  readonly #log: EngineLog;
  readonly info: WllamaModelInfo;

  private constructor(wllama: Wllama, log: EngineLog, bias: [number, false][], info: WllamaModelInfo) {
    this.#wllama = wllama;
    this.#log = log;
    this.#bias = bias;
    this.info = info;
  }

  /** @throws AppError bad-file, engine-load-failed */
  static async load(file: Blob, options: WllamaLoadOptions): Promise<WllamaEngine> {
    const header = await readGgufHeader(file);
    const contextLength = Math.min(options.maxContext, trainedContext(header) ?? 2048);
    const full = isFullPrecision(header);
    const log = new EngineLog();
    const wllama = new Wllama({ default: options.wasmUrl }, { logger: log, suppressNativeLog: false });
    wllama.setCompat(null); // never fetch another build from elsewhere
    await wllama.loadModel([file], {
      n_gpu_layers: 0,
      n_threads: options.threads,
      n_parallel: options.parallel,
      n_ctx: contextLength * options.parallel,
      ...REPRODUCIBLE,
      ...(full ? FULL_PRECISION : {}),
    });
    const context = wllama.getLoadedContextInfo() as unknown as { success?: boolean };
    if (context.success !== true) {
      await wllama.exit();
      throw new AppError({ kind: 'engine-load-failed', model: 'model file', detail: log.lastError });
    }
    const bias = brokenTextTokens(header).map((id): [number, false] => [id, false]);
    const info = {
      contextLength,
      parallel: options.parallel,
      threads: wllama.getNumThreads(),
      bytesPerToken: keyValueBytes(header) * (full ? 2 : 1),
    };
    return new WllamaEngine(wllama, log, bias, info);
  }

  /**
   * Computes one completion. Callers keep at most `info.parallel` in flight.
   * @throws AppError engine-failed, prompt-too-long; AbortError
   */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<Completion> {
    let text = '';
    // Set by the callback, which the type checker cannot follow.
    let finishReason = null as 'stop' | 'length' | null;
    let usage: FinalChunk['usage'];
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
        logit_bias: this.#bias as never,
        abortSignal: signal,
        stream: true as const,
        onData: (chunk: RawCompletionChunk | ChatCompletionChunk) => {
          const choice = chunk.choices[0];
          const piece = choice && ('text' in choice ? choice.text : choice.delta.content);
          if (piece) {
            text += piece;
            onText(piece);
          }
          if (choice?.finish_reason) finishReason = choice.finish_reason === 'length' ? 'length' : 'stop';
          usage = (chunk as FinalChunk).usage ?? usage;
        },
      };
      if (request.turns) {
        // The file's own template lays the turns out. A chat counts its tokens when it is asked to.
        const chat = { messages: messagesOf(request.turns), stream_options: { include_usage: true } };
        await this.#wllama.createChatCompletion({ ...options, ...chat });
      } else await this.#wllama.createCompletion({ ...options, prompt: request.prompt });
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      const detail = error instanceof Error ? error.message : String(error);
      if (detail.includes('exceeds the available context')) {
        throw new AppError({ kind: 'prompt-too-long', detail }, { cause: error });
      }
      // The library answers C++ exceptions with a meaningless text; the real one is in its log.
      const reason = detail.includes('Invalid typed array length') ? this.#log.lastError : detail;
      throw new AppError({ kind: 'engine-failed', detail: reason }, { cause: error });
    }
    if (finishReason === null || !usage) {
      throw new AppError({ kind: 'engine-failed', detail: 'The answer broke off without an end.' });
    }
    return {
      text,
      finishReason,
      promptTokens: usage.prompt_tokens,
      cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      completionTokens: usage.completion_tokens,
    };
  }
}

const messagesOf = ({ system, user }: ChatTurns): ChatCompletionMessage[] => [
  ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user', content: user },
];

/** Keeps the last error line: the only place where llama.cpp says what went wrong. */
class EngineLog {
  lastError = 'llama.cpp gave no reason';
  debug = (): void => undefined;
  log = (): void => undefined;
  warn = (): void => undefined;
  error = (...parts: unknown[]): void => {
    this.lastError = parts.map(String).join(' ').trim() || this.lastError;
  };
}
