/**
 * Evaluates the fixed prefix of prompts once. web-llm empties its key-value cache before every request; here the cache is
 * kept, and a request only evaluates what follows the cached prefix. Several caches hold the prefixes of several kinds of
 * prompts (prefix-slots.ts).
 *
 * web-llm has no public API for this, so it uses the private pipeline of exactly version 0.2.86: `resetKVCache` (called
 * before each request) leaves the cache alone, `getInputData` (which tokenises the prompt) rewinds it to the common prefix
 * with `vm.builtin.kv_state_popn` and returns the remaining tokens. Everything else, from chunked prefill to stop strings,
 * is web-llm's own. `findInternals` tells when a part is not as expected; the caller then works without it, and a
 * comparison with a fresh evaluation proves that the result is the same.
 */
import { AppError } from '../../core/errors';
import { PrefixSlots } from './prefix-slots';
import { WORDS } from '../words';

/** What is used of the private pipeline. A cache is a handle that only the runtime understands. */
export interface PipelineInternals {
  kvCache: unknown;
  /** Tokens in the current cache. */
  filledKVCacheLength: number;
  readonly contextWindowSize: number;
  readonly slidingWindowSize: number;
  readonly prefillChunkSize: number;
  readonly kvStateKind: string;
  readonly artifact?: unknown;
  readonly config: { readonly model_config?: Readonly<Record<string, unknown>> };
  readonly conversation: {
    readonly isTextCompletion: boolean;
    readonly config: {
      readonly system_prefix_token_ids?: readonly number[] | null;
      readonly stop_str?: readonly string[];
    };
  };
  readonly vm: { getFunction(name: string): RuntimeFunction };
  readonly tvm: {
    beginScope(): void;
    endScope(): void;
    detachFromCurrentScope<T>(value: T): T;
    getGlobalFunc(name: string): RuntimeFunction;
    scalar(value: number, type: string): unknown;
    makeShapeTuple(shape: readonly number[]): unknown;
  };
  resetKVCache(): void;
  /** Parts of the prompt (tokens, or an image), their number of tokens, and how large an image is. */
  getInputData(): Promise<[unknown[], number, unknown]>;
}
type RuntimeFunction = (...values: unknown[]) => unknown;

/** web-llm's own page size. */
const PAGE = 16;
/** Bytes of GPU memory for caches besides the first. */
const MORE_CACHES = 512 * 1024 * 1024;
/** Where the size of a cache is unknown. */
const UNKNOWN_SIZE_CACHES = 2;

/** The pipeline, or why its cache cannot be kept, for the user. */
export function findInternals(engine: unknown, modelId: string): PipelineInternals | string {
  const pipelines = (engine as { readonly loadedModelIdToPipeline?: unknown }).loadedModelIdToPipeline;
  const found: unknown = pipelines instanceof Map ? pipelines.get(modelId) : undefined;
  const pipeline = found as Partial<PipelineInternals> | undefined;
  const whole =
    hasAll(pipeline, 'function', ['resetKVCache', 'getInputData']) &&
    hasAll(pipeline, 'number', [
      'filledKVCacheLength',
      'contextWindowSize',
      'slidingWindowSize',
      'prefillChunkSize',
    ]) &&
    hasAll(pipeline, 'object', ['vm', 'tvm', 'conversation', 'config']) &&
    hasAll(pipeline?.vm, 'function', ['getFunction']) &&
    hasAll(pipeline?.conversation, 'object', ['config']) &&
    hasAll(pipeline?.tvm, 'function', [
      'beginScope',
      'endScope',
      'detachFromCurrentScope',
      'getGlobalFunc',
      'scalar',
      'makeShapeTuple',
    ]);
  if (!pipeline || !whole) return WORDS.webLlm.reuse.otherBuild;
  if (pipeline.kvStateKind !== 'kv_cache' || pipeline.kvCache === undefined) {
    return WORDS.webLlm.reuse.otherMemory;
  }
  if (pipeline.artifact !== undefined) return WORDS.webLlm.reuse.ownPlan;
  if (pipeline.slidingWindowSize !== -1) return WORDS.webLlm.reuse.sliding;
  return pipeline as PipelineInternals;
}

const hasAll = (owner: unknown, type: 'function' | 'number' | 'object', names: readonly string[]): boolean =>
  typeof owner === 'object' &&
  owner !== null &&
  names.every((name) => {
    const value: unknown = Reflect.get(owner, name);
    return typeof value === type && value !== null;
  });

/** Bytes of the keys and values of one token; null when the model's file does not say. */
function bytesPerToken(config: PipelineInternals['config'], bytesPerValue: number): number | null {
  const sizes: Readonly<Record<string, unknown>> = config.model_config ?? {};
  const {
    num_hidden_layers: layers,
    head_dim: head,
    hidden_size: hidden,
    num_attention_heads: heads,
  } = sizes;
  const keyHeads = sizes['num_key_value_heads'] ?? heads;
  const width = head ?? (typeof hidden === 'number' && typeof heads === 'number' ? hidden / heads : null);
  const known = [layers, keyHeads, width].every((each) => typeof each === 'number' && each > 0);
  return known ? 2 * Number(layers) * Number(keyHeads) * Number(width) * bytesPerValue : null;
}

interface Cache {
  readonly handle: unknown;
  /** Tokens in it; NaN when a request broke off in it. */
  length: number;
}

/** Keeps evaluated beginnings in the key-value caches of one pipeline. */
export class PrefixReuse {
  #enabled = true;
  /** Tokens of the newest prompt, and how many of them were not evaluated again. */
  last = { promptTokens: 0, cachedTokens: 0 };
  readonly #pipeline: PipelineInternals;
  readonly #popn: RuntimeFunction | null;
  readonly #emptyCurrent: () => void;
  readonly #slots: PrefixSlots;
  readonly #caches: Cache[];
  #current = 0;

  /**
   * Takes over the pipeline's cache.
   * @param most most caches kept at the same time, at least 1
   * @param bytesPerValue of keys and values: 2 or 4
   */
  constructor(pipeline: PipelineInternals, most: number, bytesPerValue: number) {
    this.#pipeline = pipeline;
    this.#slots = new PrefixSlots(cachesThatFit(pipeline, most, bytesPerValue));
    this.#caches = [{ handle: pipeline.kvCache, length: pipeline.filledKVCacheLength }];
    this.#popn = rewinder(pipeline);
    this.#enabled = this.#popn !== null;
    this.#emptyCurrent = pipeline.resetKVCache.bind(pipeline);
    const inputData = pipeline.getInputData.bind(pipeline);
    pipeline.resetKVCache = () => this.#note();
    pipeline.getInputData = async () => this.#shorten(await inputData());
  }

  /** Whether the runtime has the function for it. */
  get canRewind(): boolean {
    return this.#popn !== null;
  }
  get enabled(): boolean {
    return this.#enabled;
  }
  /** Off: every request is evaluated from its first token, in the pipeline's own cache; the others are freed. */
  set enabled(on: boolean) {
    this.#enabled = on;
    this.forget();
    if (on) return;
    const [own, ...others] = this.#caches.splice(0);
    if (own) this.#caches.push(own);
    this.#current = 0;
    this.#pipeline.kvCache = own?.handle;
    for (const { handle } of others) (handle as { dispose?(): void }).dispose?.();
  }

  /** A request failed on its way: what the caches hold is not known any more. */
  forget(): void {
    this.#slots.forget();
    for (const cache of this.#caches) cache.length = NaN;
    this.#pipeline.filledKVCacheLength = 0;
  }

  /** In place of emptying the cache, how much is in it is remembered; web-llm sets its count to 0 then. */
  #note(): void {
    const cache = this.#caches[this.#current];
    const { filledKVCacheLength } = this.#pipeline;
    if (cache && filledKVCacheLength > 0) cache.length = filledKVCacheLength;
  }

  #shorten([parts, , sizeOf]: [unknown[], number, unknown]): [unknown[], number, unknown] {
    const pipeline = this.#pipeline;
    const { isTextCompletion, config } = pipeline.conversation;
    const only = parts[0];
    if (parts.length !== 1 || !Array.isArray(only) || pipeline.filledKVCacheLength !== 0) {
      throw new AppError({ kind: 'engine-failed', detail: WORDS.webLlm.notText });
    }
    // What the model begins every text with; web-llm leaves it out where it continues a text.
    const begin = isTextCompletion ? (config.system_prefix_token_ids ?? []) : [];
    const tokens = [...begin, ...(only as number[])];
    if (tokens.length > pipeline.contextWindowSize) {
      const detail = WORDS.tooLong(tokens.length, pipeline.contextWindowSize);
      throw new AppError({ kind: 'prompt-too-long', detail });
    }
    const { slot, common } = this.#enabled ? this.#slots.take(tokens) : { slot: 0, common: 0 };
    this.#use(slot, common);
    this.last = { promptTokens: tokens.length, cachedTokens: common };
    return [[tokens.slice(common)], tokens.length, sizeOf];
  }

  /** Makes a cache the pipeline's, with its first `keep` tokens. */
  #use(slot: number, keep: number): void {
    const pipeline = this.#pipeline;
    const cache = (this.#caches[slot] ??= { handle: this.#newCache(), length: NaN });
    this.#current = slot;
    pipeline.kvCache = cache.handle;
    scoped(pipeline, () => {
      if (keep === 0 || Number.isNaN(cache.length)) this.#emptyCurrent();
      else if (cache.length > keep) {
        const { tvm } = pipeline;
        this.#popn?.(cache.handle, tvm.scalar(0, 'int64'), tvm.scalar(cache.length - keep, 'int32'));
      }
    });
    cache.length = keep;
    pipeline.filledKVCacheLength = keep;
  }

  /** As the pipeline makes its own. */
  #newCache(): unknown {
    const { tvm, vm, contextWindowSize, prefillChunkSize } = this.#pipeline;
    return scoped(this.#pipeline, () => {
      const create = vm.getFunction('create_tir_paged_kv_cache');
      const shapes = [1, contextWindowSize, prefillChunkSize, PAGE, 0];
      return tvm.detachFromCurrentScope(create(...shapes.map((size) => tvm.makeShapeTuple([size]))));
    });
  }
}

function cachesThatFit(pipeline: PipelineInternals, most: number, bytesPerValue: number): number {
  const bytes = bytesPerToken(pipeline.config, bytesPerValue);
  const fit =
    bytes === null ? UNKNOWN_SIZE_CACHES : 1 + Math.floor(MORE_CACHES / (bytes * pipeline.contextWindowSize));
  return Math.max(1, Math.min(most, fit));
}

function rewinder(pipeline: PipelineInternals): RuntimeFunction | null {
  const { tvm } = pipeline;
  try {
    return scoped(pipeline, () => tvm.detachFromCurrentScope(tvm.getGlobalFunc('vm.builtin.kv_state_popn')));
  } catch {
    return null;
  }
}

/** Objects of the runtime that are made in a scope are freed at its end. */
function scoped<T>({ tvm }: PipelineInternals, work: () => T): T {
  tvm.beginScope();
  try {
    return work();
  } finally {
    tvm.endScope();
  }
}
