/**
 * A model that web-llm computes on the GPU, as a `LanguageModel`. A device that is lost, a memory that is
 * full and an answer that hangs end the worker; the next one loads the model again and answers the same request, after
 * the second time with a smaller context.
 */
import type { Failure } from '../core/errors';
import { RUNS_ON } from '../core/models/runs-on';
import type {
  Choice,
  Completion,
  CompletionListener,
  CompletionRequest,
  ModelPrompt,
  Progress,
} from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { WebLlmInfo, WebLlmLoad } from '../engines/web-llm/load-web-llm';
import { EngineConnection, PATIENCE, type Patience } from './engine-connection';
import { EngineRestarts } from './engine-restarts';
import { RecentLosses } from './recent-losses';
import type { OpenModel } from './model-source';
import { WORDS } from './words';

export interface WebLlmSpec {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the weights, hex. */
  readonly hash: string;
  readonly style: 'base' | 'instruct';
  /** Addresses that web-llm's cache knows the model and its library by, and settings that it needs. */
  readonly place: Pick<WebLlmLoad, 'model' | 'library' | 'overrides'>;
  /** Of the model's own file; null when unknown. */
  readonly contextLength: number | null;
}
export type WebLlmConnection = EngineConnection<WebLlmLoad, WebLlmInfo>;

/** What tests and benchmarks change. */
interface TestHooks {
  readonly connect?: () => WebLlmConnection;
  readonly prefixes?: number;
}

/** In tokens. The paper's prompts need half of it; keys and values take memory whether used or not. */
const MOST_CONTEXT = 4_096;
/** Below this too few examples fit into a prompt. */
const LEAST_CONTEXT = 1_024;
/** The list, the type, and the two layouts of instances. */
const PREFIXES = 4;
/** Shaders compile without progress reports, and a long prompt takes long on a small GPU. */
const WEB_LLM_PATIENCE: Patience = { ...PATIENCE, load: 60, first: 36 };

const spawn = (): Worker =>
  new Worker(new URL('./web-llm.worker.ts', import.meta.url), { type: 'module', name: 'web-llm' });

export class WebLlmModel implements OpenModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly style: 'base' | 'instruct';
  readonly parallel = 1;
  contextLength: number;
  device = 'GPU';
  notes: readonly string[] = [];
  readonly #place: WebLlmSpec['place'];
  readonly #engines: EngineRestarts<WebLlmConnection>;
  #prefixes: number;
  readonly #losses = new RecentLosses();
  #shrunk = false;
  #onProgress: (progress: Progress) => void = () => undefined;

  constructor(spec: WebLlmSpec, hooks: TestHooks = {}) {
    this.id = spec.id;
    this.name = spec.name;
    this.hash = spec.hash;
    this.style = spec.style;
    this.contextLength = Math.min(spec.contextLength ?? MOST_CONTEXT, MOST_CONTEXT);
    this.#place = spec.place;
    this.#prefixes = hooks.prefixes ?? PREFIXES;
    this.#engines = new EngineRestarts(this.parallel, {
      open: hooks.connect ?? (() => new EngineConnection(spawn(), 'web-llm', WEB_LLM_PATIENCE)),
      load: (connection) => this.#load(connection),
      failed: (failure) => this.#lost(failure),
    });
  }

  /** Loads and proves the model. @throws AppError engine-load-failed, device-lost, out-of-memory, self-test-failed */
  start(onProgress: (progress: Progress) => void): Promise<void> {
    this.#onProgress = onProgress;
    return this.#engines.start();
  }

  complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    const abort = signal as AbortSignal;
    return this.#answered(abort, listener, (connection) =>
      connection.complete(request, abort, (delta) => listener?.text(delta)),
    );
  }

  choose(request: ModelPrompt, options: readonly string[], signal: StopSignal): Promise<Choice> {
    const abort = signal as AbortSignal;
    return this.#answered(abort, undefined, (connection) => connection.choose(request, options, abort));
  }

  /** Ends the engine, even while it loads; pending calls are rejected. */
  dispose(): void {
    this.#engines.dispose();
  }

  async #answered<T>(
    signal: AbortSignal,
    listener: CompletionListener | undefined,
    work: (connection: WebLlmConnection) => Promise<T>,
  ): Promise<T> {
    const answer = await this.#engines.request(signal, listener, work);
    this.#losses.answered();
    return answer;
  }

  async #load(connection: WebLlmConnection): Promise<void> {
    const { name, style, contextLength } = this;
    const load = { name, style, contextLength, prefixes: this.#prefixes, ...this.#place };
    const info = await connection.open(load, (progress) => this.#onProgress(progress));
    this.device = RUNS_ON.gpu(info.device);
    this.notes = this.#shrunk ? [...info.notes, WORDS.notes.smallerContext(contextLength)] : info.notes;
  }

  #lost({ kind }: Failure): void {
    // These recur at every load.
    if (kind === 'engine-load-failed' || kind === 'self-test-failed') return;
    const losses = this.#losses.lost();
    // Cached prefixes only save time; prompts need the context.
    this.#prefixes = Math.ceil(this.#prefixes / 2);
    if (losses < 2 || this.contextLength <= LEAST_CONTEXT) return;
    this.contextLength = Math.max(LEAST_CONTEXT, Math.floor(this.contextLength / 2));
    this.#shrunk = true;
  }
}
