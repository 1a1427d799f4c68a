/**
 * web-llm's engine without weights: the same calls in the same order as 0.2.86 makes them, over a key-value cache that
 * holds tokens. What it answers follows from what the cache holds, so a cache that was rewound wrongly answers wrongly.
 * A script decides the text; without one it continues what it has seen before, as any language model does.
 */
import type { AppConfig, InitProgressReport } from '@mlc-ai/web-llm';
import type { TokenOdds } from '../engines/option-odds';
import type { MlcEngine } from '../engines/web-llm/web-llm-engine';

export interface MlcScript {
  /** The whole answer to a text; undefined: the text's own repetition goes on. */
  readonly text?: (prompt: string, seed: number) => string | undefined;
  /** Awaited before each token of an answer, also the first; what it throws, the request throws. */
  readonly before?: (token: number) => Promise<void> | void;
  /** Awaited by each load; what it throws, the load throws. */
  readonly load?: () => Promise<void> | void;
  /** What the pipeline is built like; what is undefined is missing. */
  readonly internals?: Readonly<Record<string, unknown>>;
  readonly stopStrings?: readonly string[];
  readonly beginTokens?: readonly number[];
  /** Rewinding leaves a token too many, as a broken runtime would; null: there is no rewinding. */
  readonly rewindsWrongly?: boolean | null;
  /** The likeliest next tokens, whatever was seen. */
  readonly odds?: () => readonly TokenOdds[];
}
interface Request {
  readonly prompt?: string;
  readonly messages?: readonly { readonly role: string; readonly content?: unknown }[];
  readonly max_tokens?: number | null;
  readonly stop?: unknown;
  readonly seed?: number | null;
  readonly stream?: boolean | null;
}

/** Words with the space before them, line breaks and other characters, numbered as they come. */
class Words {
  readonly #ids = new Map<string, number>();
  readonly #words: string[] = [];
  encode(text: string): number[] {
    return Array.from(text.match(/ ?[\p{L}\p{N}]+|\n|./gsu) ?? [], (word) => {
      const known = this.#ids.get(word) ?? this.#words.push(word) - 1;
      this.#ids.set(word, known);
      return known;
    });
  }
  decode(tokens: readonly number[]): string {
    return tokens.map((token) => this.#words[token] ?? '').join('');
  }
}

interface FakeCache {
  tokens: number[];
  disposed: boolean;
  dispose(): void;
}

/** The pipeline's part: what prefix reuse reaches into has 0.2.86's names. */
class FakePipeline {
  readonly words = new Words();
  readonly caches: FakeCache[] = [];
  kvCache: FakeCache;
  filledKVCacheLength = 0;
  slidingWindowSize = -1;
  prefillChunkSize = 64;
  kvStateKind = 'kv_cache';
  artifact: unknown = undefined;
  config = { model_config: { num_hidden_layers: 2, num_key_value_heads: 1, head_dim: 8 } };
  conversation: {
    isTextCompletion: boolean;
    prompts: readonly string[];
    config: { system_prefix_token_ids: readonly number[]; stop_str: readonly string[] };
  };
  /** Prompt tokens that went through the model. */
  evaluated = 0;
  scopes = 0;

  constructor(
    readonly contextWindowSize: number,
    private readonly script: MlcScript,
  ) {
    this.kvCache = this.#newCache();
    this.conversation = {
      isTextCompletion: true,
      prompts: [],
      config: {
        system_prefix_token_ids: script.beginTokens ?? [],
        stop_str: script.stopStrings ?? [],
      },
    };
    Object.assign(this, script.internals);
  }

  readonly tvm = {
    beginScope: (): void => {
      this.scopes++;
    },
    endScope: (): void => {
      this.scopes--;
    },
    detachFromCurrentScope: <T>(value: T): T => value,
    getGlobalFunc: (name: string) => {
      if (name !== 'vm.builtin.kv_state_popn' || this.script.rewindsWrongly === null)
        throw new Error(`Cannot find global function ${name}`);
      return (cache: FakeCache, _sequence: unknown, count: { readonly value: number }): void => {
        if (count.value > cache.tokens.length) throw new Error('Cannot pop more than there is');
        const kept = cache.tokens.length - count.value + (this.script.rewindsWrongly ? 1 : 0);
        cache.tokens.length = Math.min(cache.tokens.length, kept);
      };
    },
    scalar: (value: number, type: string) => ({ value, type }),
    makeShapeTuple: (shape: readonly number[]) => shape,
  };
  readonly vm = {
    getFunction: (name: string) => {
      if (name !== 'create_tir_paged_kv_cache') throw new Error(`Cannot find function ${name}`);
      return (): FakeCache => this.#newCache();
    },
  };

  resetChat(): void {
    this.resetKVCache();
    this.filledKVCacheLength = 0;
  }
  resetKVCache(): void {
    this.kvCache.tokens.length = 0;
  }
  getInputData(): Promise<[unknown[], number, unknown]> {
    const { isTextCompletion, prompts, config } = this.conversation;
    const begin = isTextCompletion ? [] : config.system_prefix_token_ids;
    const tokens = [...begin, ...prompts.flatMap((prompt) => this.words.encode(prompt))];
    if (tokens.length > this.contextWindowSize) {
      const error = new Error(
        `Prompt tokens exceed context window size: number of prompt tokens: ${tokens.length}; context window size: ${this.contextWindowSize}\nConsider shortening the prompt`,
      );
      return Promise.reject(Object.assign(error, { name: 'ContextWindowSizeExceededError' }));
    }
    return Promise.resolve([[tokens], tokens.length, null]);
  }
  /** @returns how long the library takes the prompt to be */
  async prefill(): Promise<number> {
    const [parts, length] = await this.getInputData();
    const tokens = parts.flat() as number[];
    if (tokens.length === 0) throw new Error('Nothing to evaluate');
    for (const token of tokens) this.forward(token);
    this.evaluated += tokens.length;
    return length;
  }
  forward(token: number): void {
    this.kvCache.tokens.push(token);
    this.filledKVCacheLength++;
    if (this.kvCache.tokens.length !== this.filledKVCacheLength && !this.script.rewindsWrongly) {
      throw new Error('The cache holds something else than is known');
    }
  }
  /** What the model sees. */
  get seen(): string {
    return this.words.decode(this.kvCache.tokens);
  }

  #newCache(): FakeCache {
    const cache: FakeCache = { tokens: [], disposed: false, dispose: () => (cache.disposed = true) };
    this.caches.push(cache);
    return cache;
  }
}

/** The words that followed the last two words the time before, to the end of their line, as models repeat what they see. */
function repetition(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+|\n/gu) ?? [];
  const [a, b] = words.slice(-2);
  for (let i = words.length - 3; i > 0; i--) {
    if (words[i] !== b || words[i - 1] !== a) continue;
    const rest = words.slice(i + 1, words.length - 2);
    const end = rest.indexOf('\n');
    return ` ${rest.slice(0, end < 0 ? rest.length : end).join(' ')}`;
  }
  return ' nothing';
}

export class ScriptedMlc {
  readonly loadedModelIdToPipeline = new Map<string, FakePipeline>();
  interrupted = 0;
  #interrupt = false;
  #message = '';

  constructor(
    readonly config: AppConfig,
    private readonly onProgress: (report: InitProgressReport) => void,
    private readonly script: MlcScript = {},
  ) {}

  /** As `MLCEngine` is used. */
  get engine(): MlcEngine {
    return this as unknown as MlcEngine;
  }
  get pipeline(): FakePipeline {
    const [pipeline] = this.loadedModelIdToPipeline.values();
    if (!pipeline) {
      throw Object.assign(new Error('Model not loaded before trying to complete a request.'), {
        name: 'ModelNotLoadedError',
      });
    }
    return pipeline;
  }

  async reload(modelId: string): Promise<void> {
    this.onProgress({ progress: 0.5, timeElapsed: 1, text: 'Loading GPU shader modules[1/2]' });
    await this.script.load?.();
    const record = this.config.model_list.find(({ model_id }) => model_id === modelId);
    const context = record?.overrides?.context_window_size;
    if (context) this.loadedModelIdToPipeline.set(modelId, new FakePipeline(context, this.script));
    this.onProgress({ progress: 1, timeElapsed: 2, text: 'Finish loading on WebGPU' });
  }
  getMessage(): Promise<string> {
    return Promise.resolve().then(() => (this.pipeline, this.#message));
  }
  interruptGenerate(): void {
    this.interrupted++;
    this.#interrupt = true;
  }

  readonly completions = { create: (request: Request) => this.#create(request) };
  readonly chat = { completions: { create: (request: Request) => this.#create(request) } };

  async #create(request: Request): Promise<unknown> {
    await Promise.resolve();
    if (request.stream) return this.#generate(request);
    const pipeline = this.pipeline;
    const length = await this.#prefill(request);
    const [next] = pipeline.words.encode(this.#next(pipeline.seen, request.seed ?? 0));
    const word = pipeline.words.decode(next === undefined ? [] : [next]);
    // The likely one, and four others that depend on all that was seen.
    const mark = Array.from(pipeline.seen).reduce(
      (sum, char) => (31 * sum + (char.codePointAt(0) ?? 0)) % 997,
      7,
    );
    const odds =
      this.script.odds?.() ??
      [{ token: word, logprob: Math.log(0.6) }].concat(
        [0.2, 0.1, 0.05, 0.04].map((p, i) => ({ token: ` w${(mark + i) % 50}`, logprob: Math.log(p) })),
      );
    return {
      choices: [{ logprobs: { content: [{ top_logprobs: odds }] }, finish_reason: 'length' }],
      usage: { prompt_tokens: length, completion_tokens: 1 },
    };
  }

  async #prefill({ prompt, messages }: Request): Promise<number> {
    const pipeline = this.pipeline;
    pipeline.resetChat();
    pipeline.conversation.isTextCompletion = prompt !== undefined;
    pipeline.conversation.prompts =
      prompt === undefined
        ? [...(messages ?? []).map(({ role, content }) => `<${role}>${String(content)}`), '<assistant>']
        : [prompt];
    this.#interrupt = false;
    return pipeline.prefill();
  }

  #next(seen: string, seed: number): string {
    return this.script.text?.(seen, seed) ?? repetition(seen);
  }

  /** As `asyncGenerate`: one delta per token, stop strings looked for after each, the text cut at the last place. */
  async *#generate(request: Request): AsyncGenerator {
    const pipeline = this.pipeline;
    const length = await this.#prefill(request);
    const answer = pipeline.words.encode(this.#next(pipeline.seen, request.seed ?? 0));
    const stops = [
      ...((request.stop as readonly string[] | undefined) ?? []),
      ...(this.script.stopStrings ?? []),
    ];
    const most = Math.min(request.max_tokens ?? Infinity, this.pipeline.contextWindowSize - length);
    const out: number[] = [];
    let sent = 0;
    let finish: 'stop' | 'length' | 'abort' | null = null;
    this.#message = '';
    while (!finish) {
      if (this.#interrupt) finish = 'abort';
      await this.script.before?.(out.length);
      const token = answer[out.length];
      if (finish) break;
      const last = out.at(-1);
      if (last !== undefined) pipeline.forward(last);
      if (token === undefined) finish = 'stop';
      else out.push(token);
      this.#message = pipeline.words.decode(out);
      const stop = stops.find((each) => this.#message.includes(each));
      if (stop !== undefined) {
        this.#message = this.#message.slice(0, this.#message.lastIndexOf(stop));
        finish = 'stop';
      }
      if (out.length >= most) finish = 'length';
      yield this.#chunk(request, this.#message.slice(sent), null);
      sent = this.#message.length;
    }
    yield this.#chunk(request, '', finish);
    yield { choices: [], usage: { prompt_tokens: length, completion_tokens: out.length } };
  }

  #chunk({ messages }: Request, text: string, finish_reason: string | null): unknown {
    return { choices: [messages ? { delta: { content: text }, finish_reason } : { text, finish_reason }] };
  }
}
