/**
 * A Llama on the CPU in WebAssembly of our own, several requests at once. The same request gives the same bits on every
 * machine, whatever else is computed and whatever was known of its beginning (docs/decisions/034-own-llama-engine.md).
 */
import { AppError } from '../../core/errors';
import type {
  Choice,
  Completion,
  CompletionRequest,
  Likelihood,
  ModelPrompt,
  PromptProgress,
} from '../../core/ports';
import { type GgufFile, withAdapters } from '../../weights/base-weights';
import { GgufLlama } from '../../weights/gguf-llama';
import { optionOdds } from '../option-odds';
import { MOST_ROWS, type NextLogits, Scheduler } from './scheduler';
import { LlamaTokens } from './llama-tokens';
import { isComputable, loadWeights } from './load-weights';
import { startLlamaWasm } from './llama-wasm';
import { Sampler } from './sampler';
import { Writing } from './writing';

/** What is known of a model once it is loaded. */
export interface LlamaEngineInfo {
  /** Tokens of a request at most, prompt and completion together. */
  readonly contextLength: number;
  readonly parallel: number;
}

/** The likeliest tokens, among which a choice is looked for. */
const LIKELIEST = 64;

export class LlamaEngine {
  private constructor(
    private readonly scheduler: Scheduler,
    private readonly tokens: LlamaTokens,
    readonly info: LlamaEngineInfo,
  ) {}

  /**
   * @param options tokens of a request at most, and requests at once
   * @param onProgress tensors that are loaded, and all
   * @returns null for files and browsers that it is not for
   * @throws AppError out-of-memory; bad-file when the file changes while it is read
   */
  static async load(
    { gguf, adapters }: GgufFile,
    { maxContext, parallel }: { readonly maxContext: number; readonly parallel: number },
    onProgress: (done: number, total: number) => void,
  ): Promise<LlamaEngine | null> {
    const model = await GgufLlama.open(gguf).catch((error: unknown) => {
      // Damaged, or of another kind: the engine for all kinds says what it is.
      if (error instanceof AppError) return null;
      throw error;
    });
    const wasm = model && isComputable(model) ? startLlamaWasm() : null;
    if (!model || !wasm) return null;
    const { config } = model;
    const contextLength = Math.min(maxContext, config.contextLength);
    const tokens = new LlamaTokens(model);
    const weights = await withAdapters(model, adapters);
    await loadWeights(wasm, config, weights, { context: contextLength, rows: MOST_ROWS }, onProgress);
    const scheduler = new Scheduler(wasm, config.vocabSize, contextLength, parallel);
    return new LlamaEngine(scheduler, tokens, { contextLength, parallel });
  }

  /**
   * Callers keep at most `info.parallel` requests in flight.
   * @throws AppError prompt-too-long, engine-failed, out-of-memory; AbortError
   */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<Completion> {
    const sampler = new Sampler(request, request.seed);
    const writing = new Writing(request.stop, onText);
    let completionTokens = 0;
    let finishReason: Completion['finishReason'] = 'length';
    const take = (logits: NextLogits): number | null => {
      const token = sampler.next(logits);
      completionTokens++;
      if (this.tokens.ends.has(token) || writing.add(this.tokens.bytes(token))) {
        finishReason = 'stop';
        return null;
      }
      return completionTokens < request.maxTokens ? token : null;
    };
    const figures = await this.scheduler.compute(this.tokens.prompt(request), signal, take, onReading);
    return { text: writing.end(), finishReason, completionTokens, ...figures };
  }

  /** @throws as `complete` */
  async choose(
    request: ModelPrompt,
    options: readonly string[],
    signal: AbortSignal,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<Choice> {
    let probabilities: number[] = [];
    const figures = await this.scheduler.compute(
      this.tokens.prompt(request),
      signal,
      ({ values, powers }) => {
        const sum = powers(1);
        const likeliest = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));
        const odds = likeliest.slice(0, LIKELIEST).map((id) => ({
          token: new TextDecoder().decode(this.tokens.bytes(id)),
          logprob: Math.log((values[id] as number) / sum),
        }));
        probabilities = optionOdds(odds, options);
        return null;
      },
      onReading,
    );
    return { probabilities, ...figures };
  }

  /** @throws as `complete` */
  async likelihood(
    request: ModelPrompt,
    output: string,
    signal: AbortSignal,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<Likelihood> {
    const { tokens, from } = this.tokens.followed(request, output);
    let logProbability = 0;
    const see = ({ values, powers }: NextLogits, position: number): void => {
      const sum = powers(1);
      logProbability += Math.log((values[tokens[position] as number] as number) / sum);
    };
    const figures = await this.scheduler.follow(tokens, from, signal, see, onReading);
    return { logProbability, tokens: tokens.length - from, ...figures };
  }
}
