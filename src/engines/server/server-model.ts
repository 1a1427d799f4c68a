/**
 * A model behind an OpenAI-compatible server (Ollama, llama.cpp, LM Studio, vLLM, SGLang and others) as a `LanguageModel`.
 *
 * It runs on the page: it nearly always waits for the network, a stream is a few kilobytes a second, and the key stays in
 * one place. Servers batch concurrent requests, so many are in flight; callers keep to `parallel`. There is
 * neither a hash nor a promise of equal answers: whether the same seed gives the same text is up to the server.
 */
import type { KnownServer } from '../../core/models/known-server';
import type { Completion, CompletionListener, CompletionRequest, LanguageModel } from '../../core/ports';
import type { StopSignal } from '../../core/signal';
import { ServerAnswer, MOST_CHARACTERS } from './answer';
import { askServer, readText } from './ask-server';
import { ServerTrouble, TroubleReader } from './server-trouble';
import { StallWatch } from '../../io/stall-watch';
import { SILENCE_TICKS, TICK_MS } from '../../io/watchdog';
import { WORDS } from '../words';

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 1_000;
/** When a server asks for a longer wait, the user is told. */
const LONGEST_WAIT_MS = 120_000;
/** A request may wait in the server's queue, or for a model to be read from disk; after that tokens come steadily. */
const FIRST_TICKS = 60;
const NEXT_TICKS = SILENCE_TICKS;
/** A server that was silent so often is told. */
const MOST_SILENCES = 3;
/** The API allows four; further ones are searched for here. */
const MOST_STOPS = 4;
/** Fields that some servers refuse. Without the first, tokens are not counted; without the second, runs differ. */
const OPTIONAL = ['stream_options', 'seed'] as const;

/** What tests change. */
interface TestHooks {
  readonly tickMs?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** A model behind an OpenAI-compatible server. It has no hash, because its weights are not accessible. */
export class ServerModel implements LanguageModel {
  readonly hash = '';
  readonly device: string;
  readonly contextLength: number;
  readonly parallel: number;
  readonly style: 'base' | 'instruct';
  readonly #troubles: TroubleReader;
  readonly #tickMs: number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #refused = new Set<(typeof OPTIONAL)[number]>();
  readonly #now: () => number;
  /** All requests wait until then, because the server is overloaded. */
  #restUntil = 0;
  /** Whether it ever answered: one that never did is reported at once. */
  #answered = false;
  #uncounted = false;
  readonly #closed = new AbortController();

  /** @param key called at each request; the key is held in memory only and may be set later. */
  constructor(
    readonly id: string,
    readonly name: string,
    private readonly server: KnownServer,
    private readonly key: () => string | null,
    hooks: TestHooks = {},
  ) {
    this.#troubles = new TroubleReader(server.url, key);
    this.device = WORDS.server.device(new URL(server.url).host);
    this.contextLength = server.contextLength;
    this.parallel = server.parallel;
    this.style = server.style;
    this.#tickMs = hooks.tickMs ?? TICK_MS;
    this.#sleep = hooks.sleep ?? sleep;
    this.#now = hooks.now ?? (() => performance.now());
  }

  get notes(): readonly string[] {
    const notes = [WORDS.server.privacy(new URL(this.server.url).host)];
    if (this.#uncounted) notes.push(WORDS.server.noCounts);
    return notes;
  }

  /** Ends all requests. */
  dispose(): void {
    this.#closed.abort();
  }

  /**
   * @throws AppError server-failed, engine-timeout (both after several tries where trying again may help),
   * prompt-too-long; AbortError
   */
  async complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    const stopped = AbortSignal.any([signal as AbortSignal, this.#closed.signal]);
    let silences = 0;
    for (let attempt = 1; ; attempt++) {
      const rest = this.#restUntil - this.#now();
      if (rest > 0) await this.#sleep(rest, stopped);
      stopped.throwIfAborted();
      try {
        return await this.#once(request, stopped, listener);
      } catch (error) {
        if (!(error instanceof ServerTrouble)) throw error;
        if (this.#doWithout(error)) {
          attempt--;
          continue;
        }
        const wait = error.waitMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
        const off = !this.#answered && error.unreachable;
        const silent = error.silent && ++silences === MOST_SILENCES;
        if (!error.passing || off || silent || attempt >= ATTEMPTS || wait > LONGEST_WAIT_MS)
          throw error.asError();
        listener?.retry(error.failure.kind);
        if (error.busy) this.#restUntil = Math.max(this.#restUntil, this.#now() + wait);
        else await this.#sleep(wait, stopped);
      }
    }
  }

  async #once(
    request: CompletionRequest,
    signal: AbortSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    const watch = new StallWatch(signal, FIRST_TICKS, this.#tickMs);
    try {
      const chat = this.style === 'instruct';
      const url = `${this.server.url}/${chat ? 'chat/completions' : 'completions'}`;
      const call = { url, key: this.key(), body: this.#body(request) };
      const response = await askServer(call, watch, this.#troubles);
      this.#answered = true;
      const answer = new ServerAnswer(request.stop, request.maxTokens, this.#troubles, (delta) =>
        listener?.text(delta),
      );
      const streams = response.headers.get('content-type')?.includes('event-stream') === true;
      let whole = '';
      let written = 0;
      const reading = readText(response, watch, this.#troubles, (piece) => {
        if (streams) answer.feed(piece);
        else whole += piece;
        // Comments and events without text keep a connection open: who sends nothing else is silent.
        if (answer.written > written) watch.alive(NEXT_TICKS);
        written = answer.written;
        return !answer.complete && whole.length <= MOST_CHARACTERS;
      });
      await reading.catch((error: unknown) => {
        // Some servers say how an answer ended, and leave the connection open.
        if (!watch.stalled || !answer.finished) throw error;
      });
      if (!streams) answer.whole(whole);
      const completion = answer.end();
      this.#uncounted ||= !answer.counted;
      return completion;
    } finally {
      watch.stop();
    }
  }

  #body(request: CompletionRequest): Readonly<Record<string, unknown>> {
    const { turns, prompt } = request;
    const words =
      this.style === 'base'
        ? { prompt }
        : {
            messages: [
              ...(turns?.system ? [{ role: 'system', content: turns.system }] : []),
              { role: 'user', content: turns?.user ?? prompt },
            ],
          };
    return {
      model: this.server.model,
      ...words,
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      frequency_penalty: request.frequencyPenalty,
      presence_penalty: request.presencePenalty,
      ...(request.stop.length > 0 ? { stop: request.stop.slice(0, MOST_STOPS) } : {}),
      stream: true,
      // Some servers read the seed as a signed number of 32 bits.
      ...(this.#refused.has('seed') ? {} : { seed: request.seed & 0x7fffffff }),
      ...(this.#refused.has('stream_options') ? {} : { stream_options: { include_usage: true } }),
    };
  }

  /** Whether the server objects to an optional field that can be left out from now on. */
  #doWithout({ failure }: ServerTrouble): boolean {
    if (failure.kind !== 'server-failed' || failure.problem !== 'refused') return false;
    const objected = OPTIONAL.filter((name) => failure.detail.includes(name) && !this.#refused.has(name));
    for (const name of objected) this.#refused.add(name);
    return objected.length > 0;
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new DOMException('Stopped', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
