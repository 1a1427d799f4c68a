/**
 * A model on the GPU through @mlc-ai/web-llm 0.2.86, in a worker of its own, one request at a time as the library demands.
 * It guards against what the library's source shows: deltas may contain the start of a stop string, a lost device is not
 * reported, an interruption before the first token is forgotten, a load interrupted by a lost device seems to succeed.
 */
import type { MLCEngineInterface } from '@mlc-ai/web-llm';
import { optionOdds, type TokenOdds } from '../option-odds';
import { AppError, type Failure } from '../../core/errors';
import type { Choice, Completion, CompletionRequest, ModelPrompt } from '../../core/ports';
import { requestFailure } from './failures';
import type { PrefixReuse } from './prefix-reuse';
import { chatRequest, nextChatToken, nextTextToken, NO_THOUGHTS, textRequest } from './requests';
import { cutAtStop, StopHold } from '../stop-hold';
import { WORDS } from '../words';

/** The part of the library's engine that is used; tests script it. */
export type MlcEngine = Pick<
  MLCEngineInterface,
  'reload' | 'interruptGenerate' | 'getMessage' | 'chat' | 'completions'
>;

/** What both kinds of streams tell. */
interface Chunk {
  readonly choices: readonly {
    readonly text?: string;
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}
type NextTokens = Pick<Choice, 'promptTokens' | 'cachedTokens'> & { readonly tokens: readonly TokenOdds[] };

/** What the engine needs to know of its model. */
export interface WebLlmOptions {
  /** Name of the model in the engine. */
  readonly modelId: string;
  readonly style: 'base' | 'instruct';
  /** Stop strings that the model's own file adds to every request. */
  readonly ownStops: readonly string[];
  readonly reuse: PrefixReuse | null;
  /** Rejects with an AppError when the device is gone; never resolves. */
  readonly lost: Promise<never>;
}

/** One model in web-llm, one request at a time. */
export class WebLlmEngine {
  constructor(
    private readonly engine: MlcEngine,
    private readonly options: WebLlmOptions,
  ) {}

  /**
   * Computes one completion. Callers keep one in flight.
   * @throws AppError engine-failed, prompt-too-long, device-lost, out-of-memory; AbortError
   */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<Completion> {
    return this.#guarded(signal, async () => {
      const stops = [...request.stop, ...this.options.ownStops];
      const hold = new StopHold(stops);
      let finish: string | null = null;
      let usage: Chunk['usage'];
      let first = true;
      for await (const chunk of await this.#stream(request)) {
        // The library clears its flag when a request begins: an earlier interruption is repeated.
        if (signal.aborted) this.#interrupt();
        const [choice] = chunk.choices;
        const delta = choice?.text ?? choice?.delta?.content ?? '';
        // Called for every token, even when nothing may be shown yet, as a sign of life.
        onText(hold.add(first ? withoutThoughts(delta) : delta));
        first &&= delta === '';
        finish = choice?.finish_reason ?? finish;
        usage = chunk.usage ?? usage;
      }
      signal.throwIfAborted();
      if (!usage || (finish !== 'stop' && finish !== 'length')) {
        const detail = finish === 'abort' ? WORDS.webLlm.interrupted : WORDS.webLlm.noEnd;
        throw new AppError({ kind: 'engine-failed', detail });
      }
      // The final text; the deltas may contain characters that were replaced.
      const final = withoutThoughts(await this.engine.getMessage(this.options.modelId));
      const text = cutAtStop(final, stops);
      const rest = hold.end(text);
      if (rest !== '') onText(rest);
      return {
        text,
        finishReason: finish,
        ...this.#promptFigures(usage.prompt_tokens),
        completionTokens: usage.completion_tokens,
      };
    });
  }

  /** Compares how likely each option is to come next. @throws as `complete` */
  async choose(request: ModelPrompt, options: readonly string[], signal: AbortSignal): Promise<Choice> {
    const { tokens, ...figures } = await this.nextTokens(request, signal);
    return { probabilities: optionOdds(tokens, options), ...figures };
  }

  /** The five likeliest next tokens. @throws as `complete` */
  async nextTokens(request: ModelPrompt, signal: AbortSignal): Promise<NextTokens> {
    return this.#guarded(signal, async () => {
      const { chat, completions } = this.engine;
      const { modelId } = this.options;
      const turns = this.#turns(request);
      const { choices, usage } = turns
        ? await chat.completions.create(nextChatToken(turns, modelId))
        : await completions.create(nextTextToken(request.prompt));
      signal.throwIfAborted();
      const tokens = choices[0]?.logprobs?.content?.at(-1)?.top_logprobs;
      if (!tokens || !usage) throw new AppError({ kind: 'engine-failed', detail: WORDS.webLlm.noOdds });
      return { tokens, ...this.#promptFigures(usage.prompt_tokens) };
    });
  }

  #turns({ prompt, turns }: ModelPrompt) {
    return this.options.style === 'instruct' ? (turns ?? { system: '', user: prompt }) : null;
  }

  #stream(request: CompletionRequest): Promise<AsyncIterable<Chunk>> {
    return this.#turns(request)
      ? this.engine.chat.completions.create(chatRequest(request, this.options.modelId))
      : this.engine.completions.create(textRequest(request));
  }

  #interrupt(): void {
    this.engine.interruptGenerate();
  }

  #promptFigures(promptTokens: number): Pick<Completion, 'promptTokens' | 'cachedTokens'> {
    return this.options.reuse?.last ?? { promptTokens, cachedTokens: 0 };
  }

  /** Runs a request: the signal interrupts it, a lost device ends it, its errors become AppErrors. */
  async #guarded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const interrupt = (): void => this.#interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await Promise.race([work(), this.options.lost]);
    } catch (error) {
      signal.throwIfAborted();
      const failure: Failure = requestFailure(error);
      // A prompt that is refused was not evaluated; after anything else the state of the caches is unknown.
      if (failure.kind !== 'prompt-too-long') this.options.reuse?.forget();
      throw new AppError(failure, { cause: error });
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }
}

const withoutThoughts = (text: string): string =>
  text.startsWith(NO_THOUGHTS) ? text.slice(NO_THOUGHTS.length) : text;
